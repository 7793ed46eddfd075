package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Masks of rows, one float at a time. */
public final class ScalarMasks implements MaskKernels {
    private final ScalarElementwise elementwise = new ScalarElementwise();

    @Override
    public void largest(MemorySegment floats, long offset, int n, int m, int cols, long[] mask) {
        long[] keys = new long[cols];
        for (int col = 0; col < cols; col++) {
            keys[col] = GroupSelection.key(at(floats, offset, col));
        }
        new GroupSelection(n, m).select(keys, mask);
    }

    @Override
    public void tiles(MemorySegment floats, long offset, long rowBytes, int n, int m, int cols, long[][] masks) {
        TileMasks tile = TileMasks.of(n, m);
        double[][] magnitudes = new double[m][cols];
        for (int row = 0; row < m; row++) {
            for (int col = 0; col < cols; col++) {
                magnitudes[row][col] = TileMasks.finite(at(floats, offset + row * rowBytes, col));
            }
            Arrays.fill(masks[row], 0);
        }
        for (int from = 0; from < cols; from += m) {
            int best = tile.best(magnitudes, from);
            for (int row = 0; row < m; row++) {
                masks[row][from / Long.SIZE] |= (long) tile.bits(best, row) << from;
            }
        }
    }

    @Override
    public void decay(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            long offset,
            int cols,
            long[] mask,
            float decay,
            MemorySegment target,
            long targetOffset) {
        for (int col = 0; col < cols; col++) {
            float g = at(gradients, gradientsOffset + col / blockCols * blockBytes, col % blockCols);
            float decayed = isKept(mask, col) ? g : g + decay * at(weights, offset, col);
            target.set(JAVA_FLOAT_UNALIGNED, targetOffset + (long) col * Float.BYTES, decayed);
        }
    }

    @Override
    public void sgd(
            MemorySegment gradients,
            long gradientsOffset,
            int blockCols,
            long blockBytes,
            MemorySegment weights,
            MemorySegment velocity,
            long offset,
            int cols,
            long[] mask,
            float maskedDecay,
            float rate,
            float momentum,
            boolean nesterov,
            float decay) {
        MemorySegment row = MemorySegment.ofArray(new float[cols]);
        decay(gradients, gradientsOffset, blockCols, blockBytes, weights, offset, cols, mask, maskedDecay, row, 0);
        long bytes = (long) cols * Float.BYTES;
        elementwise.sgd(
                weights.asSlice(offset, bytes),
                row,
                velocity.asSlice(offset, bytes),
                0,
                cols,
                rate,
                momentum,
                nesterov,
                decay);
    }

    @Override
    public void gather(MemorySegment from, long offset, int cols, long[] mask, MemorySegment kept, long keptOffset) {
        gather(from, offset, 0, cols, mask, kept, keptOffset);
    }

    /** From a column on, whose kept floats begin at the offset. */
    public void gather(
            MemorySegment from, long offset, int fromCol, int cols, long[] mask, MemorySegment kept, long keptOffset) {
        long next = keptOffset;
        for (int col = fromCol; col < cols; col++) {
            if (isKept(mask, col)) {
                kept.set(JAVA_FLOAT_UNALIGNED, next, at(from, offset, col));
                next += Float.BYTES;
            }
        }
    }

    @Override
    public void spread(
            MemorySegment from,
            long offset,
            int cols,
            long[] mask,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        long block = blocksOffset;
        for (int first = 0; first < cols; first += blockCols) {
            for (int col = first; col < Math.min(first + blockCols, cols); col++) {
                float value = isKept(mask, col) ? at(from, offset, col) : 0;
                blocks.set(JAVA_FLOAT_UNALIGNED, block + (long) (col - first) * Float.BYTES, value);
            }
            block += blockBytes;
        }
    }

    @Override
    public void gatherColumns(
            MemorySegment from,
            long offset,
            long rowBytes,
            int n,
            int cols,
            long[][] masks,
            MemorySegment blocks,
            long blocksOffset,
            int blockCols,
            long blockBytes) {
        for (int col = 0; col < cols; col++) {
            long to = blocksOffset + col / blockCols * blockBytes + (long) (col % blockCols) * Float.BYTES;
            for (int row = 0; row < masks.length; row++) {
                if (isKept(masks[row], col)) {
                    blocks.set(JAVA_FLOAT_UNALIGNED, to, at(from, offset + row * rowBytes, col));
                    to += (long) blockCols * Float.BYTES;
                }
            }
        }
    }

    @Override
    public void sortPairs(
            byte[] codes,
            int rowBytes,
            int first,
            int end,
            int rows,
            int groups,
            MemorySegment values,
            int[] next,
            int[] rowsOfPairs,
            MemorySegment sorted,
            MemorySegment near) {
        for (int row = 0; row < rows; row++) {
            for (int group = first; group < end; group++) {
                int code = codes[row * rowBytes + group / 2] >>> (group % 2 * 4);
                int to = next[(group - first) * PAIRS + MaskKernels.pair(code)]++;
                rowsOfPairs[to] = row;
                sorted.setAtIndex(JAVA_LONG, to, values.getAtIndex(JAVA_LONG, (long) row * groups + group));
            }
        }
    }

    private static boolean isKept(long[] mask, int col) {
        return ((mask[col / Long.SIZE] >>> col) & 1) != 0;
    }

    private static float at(MemorySegment row, long offset, int col) {
        return row.get(JAVA_FLOAT_UNALIGNED, offset + (long) col * Float.BYTES);
    }
}
