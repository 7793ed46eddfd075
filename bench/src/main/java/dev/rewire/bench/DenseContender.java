package dev.rewire.bench;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;

/** A BLAS on the dense matrix that holds the same values; all operands are row-major. */
final class DenseContender implements Contender {
    private final Cblas blas;
    private final SpmmProblem problem;
    private final DenseMatrix w;
    private final DenseMatrix result;

    DenseContender(Cblas blas, KernelArena arena, SpmmProblem problem) {
        this.blas = blas;
        this.problem = problem;
        w = DenseMatrix.allocate(arena, problem.outputs(), problem.inputs());
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            result = w;
        } else {
            problem.w().toDense(w);
            result = DenseMatrix.allocate(arena, problem.batch(), problem.width());
        }
    }

    /** Bytes of the matrix and the result. */
    static long bytes(SpmmProblem problem) {
        long w = (long) problem.outputs() * problem.inputs();
        long result = problem.product() == Product.BACKWARD_WEIGHT ? 0 : (long) problem.batch() * problem.width();
        return (w + result) * Float.BYTES;
    }

    @Override
    public void run() {
        int batch = problem.batch();
        int in = problem.inputs();
        int out = problem.outputs();
        if (batch == 1 && problem.product() != Product.BACKWARD_WEIGHT) {
            // The business of sgemv, which takes a quarter of sgemm's time in OpenBLAS.
            boolean forward = problem.product() == Product.FORWARD;
            blas.sgemv(!forward, out, in, w.segment(), problem.input().segment(), result.segment());
            return;
        }
        switch (problem.product()) {
            case FORWARD -> multiply(false, true, batch, out, in, problem.x(), w);
            case BACKWARD_INPUT -> multiply(false, false, batch, in, out, problem.dy(), w);
            case BACKWARD_WEIGHT -> multiply(true, false, out, in, batch, problem.dy(), problem.x());
        }
    }

    private void multiply(boolean transA, boolean transB, int m, int n, int k, DenseMatrix a, DenseMatrix b) {
        blas.sgemm(transA, transB, m, n, k, a.segment(), a.cols(), b.segment(), b.cols(), 0, result.segment(), n);
    }

    @Override
    public float result(int row, int col) {
        return result.get(row, col);
    }
}
