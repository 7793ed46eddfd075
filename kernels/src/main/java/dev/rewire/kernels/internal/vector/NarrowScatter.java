package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.ScatterKernel;
import java.lang.foreign.MemorySegment;

/**
 * Narrow blocks scattered one by one. What limits that is the one float that a core stores in a clock, as processors have no scatter that is faster.
 */
final class NarrowScatter implements ScatterKernel {
    private static final int MOST = 4;

    private final int rows;
    private final int cols;

    NarrowScatter(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
    }

    static boolean fits(int rows, int cols) {
        return (rows == 1 && cols <= MOST) || (cols == 1 && rows <= MOST);
    }

    @Override
    public void run(
            int[] offsets,
            int[] columns,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            float[] sums) {
        for (int row = firstRow; row < endRow; row++) {
            int first = offsets[row];
            int end = offsets[row + 1];
            if (rows * cols == 1) {
                weights(columns, first, end, values.address(), sample[row], sums);
            } else if (rows == 1) {
                wideBlocks(columns, first, end, values.address(), sample[row], sums);
            } else {
                tallBlocks(columns, first, end, values.address(), sample, row * rows, sums);
            }
        }
    }

    /** Four at a time; a loop that counts to a bound of its own is one that C2 knows to stay inside of the arrays. */
    private static void weights(int[] columns, int first, int end, long values, float g, float[] sums) {
        int item = first;
        for (int last = end - 3; item < last; item += 4) {
            long base = base(values, item);
            int c0 = columns[item];
            int c1 = columns[item + 1];
            int c2 = columns[item + 2];
            int c3 = columns[item + 3];
            sums[c0] = Math.fma(at(base, 0), g, sums[c0]);
            sums[c1] = Math.fma(at(base, 1), g, sums[c1]);
            sums[c2] = Math.fma(at(base, 2), g, sums[c2]);
            sums[c3] = Math.fma(at(base, 3), g, sums[c3]);
        }
        for (; item < end; item++) {
            int c = columns[item];
            sums[c] = Math.fma(at(base(values, item), 0), g, sums[c]);
        }
    }

    private void wideBlocks(int[] columns, int first, int end, long values, float g, float[] sums) {
        for (int block = first; block < end; block++) {
            long base = base(values, (long) block * cols);
            int c = columns[block] * cols;
            sums[c] = Math.fma(at(base, 0), g, sums[c]);
            sums[c + 1] = Math.fma(at(base, 1), g, sums[c + 1]);
            if (cols > 2) {
                sums[c + 2] = Math.fma(at(base, 2), g, sums[c + 2]);
            }
            if (cols > 3) {
                sums[c + 3] = Math.fma(at(base, 3), g, sums[c + 3]);
            }
        }
    }

    private void tallBlocks(
            int[] columns, int first, int end, long values, float[] sample, int firstInput, float[] sums) {
        float g0 = sample[firstInput];
        float g1 = sample[firstInput + 1];
        float g2 = rows > 2 ? sample[firstInput + 2] : 0;
        float g3 = rows > 3 ? sample[firstInput + 3] : 0;
        for (int block = first; block < end; block++) {
            long base = base(values, (long) block * rows);
            float sum = Math.fma(at(base, 1), g1, at(base, 0) * g0);
            if (rows > 2) {
                sum = Math.fma(at(base, 2), g2, sum);
            }
            if (rows > 3) {
                sum = Math.fma(at(base, 3), g3, sum);
            }
            sums[columns[block]] += sum;
        }
    }

    private static long base(long values, long element) {
        return values + element * Float.BYTES & RawMemory.ADDRESS_MASK;
    }

    private static float at(long base, long element) {
        return RawMemory.ALL.get(RawMemory.FLOAT, base + element * Float.BYTES);
    }
}
