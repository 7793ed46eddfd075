package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import dev.rewire.kernels.internal.SquareSddmmKernel;
import java.lang.classfile.Label;

/**
 * Writes the SDDMM of squares of single elements. All sums of a square, or of half of it where registers are few, stay in them over all panels; each vector of
 * samples is loaded once for four elements, as in a dense product. In Java it would read
 *
 * <pre>
 * for each square, or half of one
 *   sums = 0
 *   for each panel
 *     for each vector of its samples
 *       sums[i][j] += gradient[row i] * input[column j]
 *   target = sums, added over their lanes
 * </pre>
 */
final class SquareSddmmGenerator {
    private static final int SIDE = SquareSddmmKernel.SIDE;
    private static final int HALF = SquareSddmmKernel.HALF;

    private final TileCode tile;
    private final int height;
    private final boolean accumulate;
    private final int vectors;
    private final long featureBytes;

    // The parameters' slots; 0 is the tile itself.
    private final int rows = 1;
    private final int cols = 2;
    private final int row = 3;
    private final int endRow = 4;
    private final int panels = 5;
    private final int gradient = 6;
    private final int gradientStride = 8;
    private final int input = 10;
    private final int inputStride = 12;
    private final int target = 14;

    private final int panel;
    private final int gradientOfPanel;
    private final int inputOfPanel;
    private final int g;
    private final int x;
    private final int end;
    private final int base;
    private final int[] rowOffsets;
    private final int[] colOffsets;
    private final int[] rowBases;
    private final int[] colBases;
    private final int[][] sums;
    private final int[] inputs;
    private final int firstPart;
    private final int vector;

    private SquareSddmmGenerator(TileCode tile, SddmmShape shape, int height) {
        Span span = Span.of(shape.samples());
        this.tile = tile;
        this.height = height;
        accumulate = shape.accumulate();
        vectors = span.vectors();
        featureBytes = (long) shape.lanes() * Float.BYTES;
        panel = tile.newInt();
        gradientOfPanel = tile.newLong();
        inputOfPanel = tile.newLong();
        g = tile.newLong();
        x = tile.newLong();
        end = tile.newLong();
        base = tile.newLong();
        rowOffsets = tile.newLongs(height);
        colOffsets = tile.newLongs(SIDE);
        rowBases = tile.newLongs(height);
        colBases = tile.newLongs(SIDE);
        sums = tile.newVectors(height, SIDE);
        inputs = tile.newVectors(SIDE);
        firstPart = tile.newVector();
        vector = tile.newVector();
    }

    /** Rows of a square that are computed together: all, if their sums fit the registers, or a half. */
    static int mostRows() {
        return Math.min(SIDE, Tiling.accumulators() / SIDE);
    }

    static WatchedTile<SquareSddmmTile> generate(SddmmShape shape) {
        return TileCode.define(
                SquareSddmmTile.class,
                shape,
                SquareSddmmTile::idle,
                tile -> new SquareSddmmGenerator(tile, shape, shape.rows()).squares());
    }

    private void squares() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.labelBinding(loop).iload(row).iload(endRow).if_icmpge(done);
        // Two halves fill a vector of 512 bits with their sums.
        int sumsAtOnce = height * SIDE;
        int parts = Math.max(1, RawMemory.LANES / sumsAtOnce);
        for (int part = 0; part < parts; part++) {
            if (part > 0) {
                tile.code.aload(sums[0][0]).astore(firstPart);
            }
            begin(part * height);
            batch();
            addLanes(Math.min(RawMemory.LANES, sumsAtOnce));
        }
        if (parts > 1) {
            tile.addPartners(firstPart, sums[0][0], sumsAtOnce);
            tile.code.aload(firstPart).astore(sums[0][0]);
        }
        store(parts * sumsAtOnce);
        tile.code.iinc(row, parts * height).goto_(loop).labelBinding(done);
    }

    private void begin(int firstRow) {
        for (int i = 0; i < height; i++) {
            tile.code.aload(rows).iload(row).loadConstant(firstRow + i).iadd();
            storeOffset(rowOffsets[i]);
            for (int j = 0; j < SIDE; j++) {
                tile.zero(sums[i][j]);
            }
        }
        for (int j = 0; j < SIDE; j++) {
            tile.code.aload(cols).iload(row).loadConstant(firstRow).iadd();
            tile.code.loadConstant(SIDE / HALF).imul().loadConstant(j).iadd();
            storeOffset(colOffsets[j]);
        }
    }

    /** Adds up lanes as {@link PartialSums} does, of so many sums together: the first of them becomes a vector of all. */
    private void addLanes(int together) {
        for (int step = 1; step < together; step *= 2) {
            for (int i = 0; i < height * SIDE; i += 2 * step) {
                tile.addPartners(sum(i), sum(i + step), step);
            }
        }
    }

    private int sum(int element) {
        return sums[element / SIDE][element % SIDE];
    }

    private void store(int elements) {
        tile.maskAddress(target, base);
        for (int first = 0; first < elements; first += RawMemory.LANES) {
            long offset = (long) first * Float.BYTES;
            if (accumulate) {
                tile.load(vector, base, offset);
                tile.add(sum(first), vector);
            }
            tile.store(sum(first), base, offset);
        }
        tile.advance(target, (long) elements * Float.BYTES);
    }

    /** Pops an array and an index: {@code offset = array[index] · featureBytes}. */
    private void storeOffset(int offset) {
        tile.code.iaload().i2l().loadConstant(featureBytes).lmul().lstore(offset);
    }

    private void batch() {
        Label panelLoop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.lload(gradient).lstore(gradientOfPanel);
        tile.code.lload(input).lstore(inputOfPanel);
        tile.code.iload(panels).istore(panel);
        tile.code.labelBinding(panelLoop).iload(panel).ifle(done);
        tile.code.lload(gradientOfPanel).lstore(g).lload(inputOfPanel).lstore(x);
        tile.code
                .lload(g)
                .loadConstant((long) vectors * RawMemory.VECTOR_BYTES)
                .ladd()
                .lstore(end);
        tile.until(g, end, this::step);
        tile.code.lload(gradientOfPanel).lload(gradientStride).ladd().lstore(gradientOfPanel);
        tile.code.lload(inputOfPanel).lload(inputStride).ladd().lstore(inputOfPanel);
        tile.code.iinc(panel, -1).goto_(panelLoop).labelBinding(done);
    }

    private void step() {
        bases(x, colOffsets, colBases);
        bases(g, rowOffsets, rowBases);
        for (int j = 0; j < SIDE; j++) {
            tile.load(inputs[j], colBases[j], 0);
        }
        for (int i = 0; i < height; i++) {
            tile.load(vector, rowBases[i], 0);
            for (int j = 0; j < SIDE; j++) {
                tile.fma(sums[i][j], inputs[j], vector);
            }
        }
        tile.advance(g, RawMemory.VECTOR_BYTES);
        tile.advance(x, RawMemory.VECTOR_BYTES);
    }

    private void bases(int start, int[] offsets, int[] bases) {
        for (int i = 0; i < bases.length; i++) {
            tile.code.lload(start).lload(offsets[i]).ladd().lstore(bases[i]);
            tile.maskAddress(bases[i], bases[i]);
        }
    }
}
