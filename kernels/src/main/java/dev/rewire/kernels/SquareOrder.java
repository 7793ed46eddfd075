package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.SquareSddmmKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Single elements as squares of four rows and four inputs: where rows keep four of eight inputs, as with 2:4, some of many keep the same ones, and are computed
 * together as a part of a dense product is. What a row has of a square lies together in W, too. A tile is what some rows have of eight inputs.
 */
final class SquareOrder {
    private static final int SIDE = SquareSddmmKernel.SIDE;
    private static final int HALF = SquareSddmmKernel.HALF;

    /** Inputs of a tile: with 2:4 there are 36 ways to keep four of them. */
    private static final int INPUTS = 2 * SIDE;

    /**
     * Panels whose samples are multiplied before those of the next: a tile's inputs take half of the first-level cache. They decide the order of sums, and
     * so depend on no machine.
     */
    static final int PANELS = 8;

    /** Rows of a tile, whose gradients stay in the second-level cache from tile to tile; of fewer, fewer keep the same inputs. */
    private static final int ROWS = Math.clamp(CacheSizes.L2 / ((long) PANELS * 64 * Float.BYTES), 256, 512);

    /** Of a row and a tile, on average, below which squares do not pay. */
    private static final int LEAST_ELEMENTS = 3;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final int[] rows;
    private final int[] cols;
    private final int[] targets;
    private final byte[] counts;
    private final int[] tileStarts;
    private final int[] endsOfSquares;

    /** Rows of squares so far. */
    private int end;

    private SquareOrder(int mostRows, int tiles) {
        rows = new int[mostRows];
        cols = new int[mostRows * (SIDE / HALF)];
        targets = new int[mostRows];
        counts = new byte[mostRows];
        tileStarts = new int[tiles + 1];
        endsOfSquares = new int[tiles];
    }

    long heldBytes() {
        return (long) Integer.BYTES
                        * (rows.length + cols.length + targets.length + tileStarts.length + endsOfSquares.length)
                + counts.length;
    }

    /** Whether rows keep four of each eight inputs. */
    static boolean suits(NmPattern nm) {
        return 2 * nm.n() == nm.m() && INPUTS % nm.m() == 0;
    }

    /** The squares of a pattern; null where they do not pay. */
    static @Nullable SquareOrder of(BlockPattern pattern) {
        int chunks = Math.ceilDiv(pattern.cols(), INPUTS);
        if (pattern.blockRows() * pattern.blockCols() > 1
                || pattern.blocks() == 0
                || pattern.blocks() < (long) LEAST_ELEMENTS * pattern.rows() * chunks) {
            return null;
        }
        int tiles = Math.ceilDiv(pattern.rows(), ROWS) * chunks;
        SquareOrder squares = new SquareOrder((int) (mostElements(pattern) / SIDE), tiles);
        return squares.fill(pattern, chunks) ? squares : null;
    }

    /** Elements that may be computed, some of them twice: a quarter more than there are, in whole squares. */
    static long mostElements(BlockPattern pattern) {
        return (pattern.blocks() + pattern.blocks() / 4L) / (SIDE * SIDE) * (SIDE * SIDE);
    }

    private boolean fill(BlockPattern pattern, int chunks) {
        int[] next = new int[ROWS];
        int[] masks = new int[ROWS];
        int tile = 0;
        for (int first = 0; first < pattern.rows(); first += ROWS) {
            int count = Math.min(ROWS, pattern.rows() - first);
            for (int row = 0; row < count; row++) {
                next[row] = pattern.rowOffset(first + row);
            }
            for (int chunk = 1; chunk <= chunks; chunk++) {
                for (int row = 0; row < count; row++) {
                    masks[row] = mask(pattern, first + row, next[row], chunk);
                    if (Integer.bitCount(masks[row]) > SIDE) {
                        return false;
                    }
                }
                if (!fillTile(tile, pattern, first, count, masks, next)) {
                    return false;
                }
                tileStarts[++tile] = end;
                for (int row = 0; row < count; row++) {
                    next[row] += Integer.bitCount(masks[row]);
                }
            }
        }
        return true;
    }

    /** The inputs of a chunk that a row keeps, whose blocks of it begin with one. */
    private static int mask(BlockPattern pattern, int row, int block, int chunk) {
        int mask = 0;
        int endOfRow = pattern.rowOffset(row + 1);
        for (int b = block; b < endOfRow && pattern.gridCol(b) < chunk * INPUTS; b++) {
            mask |= 1 << pattern.gridCol(b) % INPUTS;
        }
        return mask;
    }

    private boolean fillTile(int tile, BlockPattern pattern, int first, int count, int[] masks, int[] next) {
        int[] ends = new int[1 << INPUTS];
        int[] sorted = sort(masks, count, ends);
        // Rows without elements have mask 0.
        for (int mask = 1; mask < ends.length; mask++) {
            for (int i = ends[mask - 1]; i + HALF < ends[mask]; i += SIDE) {
                if (!add(SIDE, pattern, first, sorted, i, Math.min(SIDE, ends[mask] - i), mask, next)) {
                    return false;
                }
            }
        }
        endsOfSquares[tile] = end;
        for (int mask = 1; mask < ends.length; mask++) {
            int left = (ends[mask] - ends[mask - 1]) % SIDE;
            if (left > 0 && left <= HALF && !add(HALF, pattern, first, sorted, ends[mask] - left, left, mask, next)) {
                return false;
            }
        }
        // The last half once more, for nothing: tiles are whole squares.
        if (end % SIDE > 0) {
            System.arraycopy(rows, end - HALF, rows, end, HALF);
            System.arraycopy(cols, SIDE / HALF * end - SIDE, cols, SIDE / HALF * end, SIDE);
            end += HALF;
        }
        return true;
    }

    /** Rows of each mask together, in order, which then end at {@code ends[mask]}. */
    private static int[] sort(int[] masks, int count, int[] ends) {
        for (int row = 0; row < count; row++) {
            ends[masks[row]]++;
        }
        for (int mask = 1; mask < ends.length; mask++) {
            ends[mask] += ends[mask - 1];
        }
        int[] sorted = new int[count];
        int[] at = ends.clone();
        for (int row = count - 1; row >= 0; row--) {
            sorted[--at[masks[row]]] = row;
        }
        return sorted;
    }

    /** Adds rows that keep the same inputs; the last of them and the last input fill up what is missing. */
    private boolean add(
            int size, BlockPattern pattern, int first, int[] sorted, int from, int count, int mask, int[] next) {
        if (end + SIDE > rows.length) {
            return false; // too few keep the same
        }
        int block = next[sorted[from]];
        int inputs = Integer.bitCount(mask);
        for (int i = 0; i < size; i++) {
            int row = sorted[from + Math.min(i, count - 1)];
            rows[end + i] = first + row;
            targets[end + i] = next[row];
            counts[end + i] = (byte) (i < count ? inputs : 0);
        }
        for (int i = 0; i < size / HALF * SIDE; i++) {
            cols[SIDE / HALF * end + i] = pattern.gridCol(block + Math.min(i % SIDE, inputs - 1));
        }
        end += size;
        return true;
    }

    /** Tiles. */
    int count() {
        return endsOfSquares.length;
    }

    /** The rows of squares and halves, as {@link SquareSddmmKernel} reads them. */
    int[] rows() {
        return rows;
    }

    /** The columns of all halves. */
    int[] cols() {
        return cols;
    }

    /** Where the rows of a tile begin; of the one after the last, where all end. */
    int firstRow(int tile) {
        return tileStarts[tile];
    }

    /** Where its halves begin. */
    int endOfSquares(int tile) {
        return endsOfSquares[tile];
    }

    /** Brings the sums of a tile to where the elements lie in W. */
    void store(int tile, MemorySegment sums, MemorySegment target, boolean add) {
        for (int row = tileStarts[tile]; row < tileStarts[tile + 1]; row++) {
            long from = (long) row * SIDE * Float.BYTES;
            long to = (long) targets[row] * Float.BYTES;
            if (counts[row] == SIDE && !add) {
                // For so few, faster than MemorySegment.copy.
                for (int i = 0; i < SIDE * Float.BYTES; i += Long.BYTES) {
                    target.set(LONG, to + i, sums.get(LONG, from + i));
                }
                continue;
            }
            for (int i = 0; i < counts[row]; i++, from += Float.BYTES, to += Float.BYTES) {
                float sum = sums.get(ValueLayout.JAVA_FLOAT, from);
                target.set(ValueLayout.JAVA_FLOAT, to, add ? target.get(ValueLayout.JAVA_FLOAT, to) + sum : sum);
            }
        }
    }
}
