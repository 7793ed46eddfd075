package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskChoice;
import dev.rewire.kernels.internal.MaskKernels;
import dev.rewire.kernels.internal.scalar.GroupSelection;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Chooses N:M patterns of dense matrices, some rows in each task. */
final class NmChoice extends MaskChoice {
    private static final int ELEMENTS_OF_TASK = 16 * 1024;

    /** Chooses the masks of rows that belong together, from the given one on. */
    private interface Rows {
        void choose(int row, long[][] masks);
    }

    @Override
    public void checkShape(DenseMatrix dense, int n, int m) {
        NmPattern.checkShape(dense.rows(), dense.cols(), n, m);
    }

    @Override
    public NmPattern shared(DenseMatrix dense, int n, int m, int v, Workers workers) {
        MaskKernels kernels = Providers.active().masks();
        int cols = dense.cols();
        if (v == 1) {
            return choose(
                    dense,
                    n,
                    m,
                    1,
                    workers,
                    (row, masks) -> kernels.largest(dense.segment(), offset(dense, row), n, m, cols, masks[0]));
        }
        return choose(dense, n, m, v, workers, (row, masks) -> {
            double[] sums = new double[cols];
            float[] elements = new float[cols];
            for (int i = 0; i < v; i++) {
                MemorySegment.copy(dense.segment(), ValueLayout.JAVA_FLOAT, offset(dense, row + i), elements, 0, cols);
                for (int col = 0; col < cols; col++) {
                    sums[col] += Math.abs(elements[col]);
                }
            }
            new GroupSelection(n, m)
                    .select(Arrays.stream(sums).mapToLong(GroupSelection::key).toArray(), masks[0]);
            Arrays.fill(masks, masks[0]);
        });
    }

    @Override
    public NmPattern transposable(DenseMatrix dense, int n, int m, Workers workers) {
        MaskKernels kernels = Providers.active().masks();
        long rowBytes = dense.rowStride() * Float.BYTES;
        return choose(
                dense,
                n,
                m,
                m,
                workers,
                (row, masks) ->
                        kernels.tiles(dense.segment(), offset(dense, row), rowBytes, n, m, dense.cols(), masks));
    }

    private static NmPattern choose(DenseMatrix dense, int n, int m, int together, Workers workers, Rows rows) {
        workers.checkReach("dense", dense.segment());
        int cols = dense.cols();
        MaskCodes codes = new MaskCodes(n, m, cols);
        byte[] packed = new byte[NmPattern.packedBytes(dense.rows(), cols, n, m)];
        int units = dense.rows() / together;
        int unitsOfTask = (int) Math.max(1, ELEMENTS_OF_TASK / Math.max(1, (long) cols * together));
        workers.run((units + unitsOfTask - 1) / unitsOfTask, (task, worker) -> {
            long[][] masks = new long[together][MaskKernels.words(cols)];
            int end = Math.min((task + 1) * unitsOfTask, units) * together;
            for (int row = task * unitsOfTask * together; row < end; row += together) {
                rows.choose(row, masks);
                for (int i = 0; i < together; i++) {
                    codes.pack(masks[i], packed, row + i);
                }
            }
        });
        return new NmPattern(dense.rows(), cols, n, m, packed);
    }

    private static long offset(DenseMatrix dense, int row) {
        return row * dense.rowStride() * Float.BYTES;
    }
}
