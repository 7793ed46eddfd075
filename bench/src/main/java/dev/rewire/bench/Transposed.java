package dev.rewire.bench;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;

/** Operands for those who want them the other way round. */
public final class Transposed {
    private Transposed() {}

    /**
     * A copy with rows and columns exchanged.
     *
     * @param arena where its memory comes from
     * @param matrix what is copied
     * @return columns × rows
     */
    public static DenseMatrix of(KernelArena arena, DenseMatrix matrix) {
        DenseMatrix transposed = DenseMatrix.allocate(arena, matrix.cols(), matrix.rows());
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                transposed.set(col, row, matrix.get(row, col));
            }
        }
        return transposed;
    }
}
