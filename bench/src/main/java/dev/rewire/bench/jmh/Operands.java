package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SparseMatrix;
import java.util.SplittableRandom;

/**
 * What a product reads, and what comes out of it by the definition, in double precision.
 *
 * @param product which one
 * @param w weights, outputs × inputs
 * @param denseW the same, zeros included
 * @param x X, batch × inputs
 * @param dy dY, batch × outputs
 */
record Operands(Product product, SparseMatrix w, DenseMatrix denseW, DenseMatrix x, DenseMatrix dy) {
    private static final int CHECKED_ROWS = 8;
    private static final long SEED = 1;

    /** Operands with weights in blocks. */
    static Operands draw(KernelArena arena, Product product, Size shape, Size block, double sparsity, int batch) {
        SplittableRandom random = new SplittableRandom(SEED);
        BlockPattern pattern = Inputs.pattern(shape, block, sparsity, random);
        SparseMatrix w = Inputs.sparse(arena, pattern, random);
        return draw(arena, product, shape, w, batch);
    }

    /** Operands with given weights of small integers. */
    static Operands draw(KernelArena arena, Product product, Size shape, SparseMatrix w, int batch) {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        DenseMatrix denseW = DenseMatrix.allocate(arena, shape.rows(), shape.cols());
        w.toDense(denseW);
        DenseMatrix x = Inputs.dense(arena, batch, shape.cols(), random);
        DenseMatrix dy = Inputs.dense(arena, batch, shape.rows(), random);
        return new Operands(product, w, denseW, x, dy);
    }

    int batch() {
        return x.rows();
    }

    /** Rows of the result. */
    int rows() {
        return product == Product.BACKWARD_WEIGHT ? denseW.rows() : batch();
    }

    /** Columns of the result. */
    int cols() {
        return product == Product.FORWARD ? denseW.rows() : denseW.cols();
    }

    /** The dense operand of a product that is not backward to the weights. */
    DenseMatrix input() {
        return product == Product.FORWARD ? x : dy;
    }

    /**
     * Compares a result with the definition of the product.
     *
     * @param dense whether the result of the product backward to the weights has all elements and not only those of stored blocks
     */
    void check(String what, Agreement.Element result, boolean dense) {
        Agreement.equalSomeRows(what, rows(), cols(), CHECKED_ROWS, result, (row, col) -> {
            boolean absent =
                    product == Product.BACKWARD_WEIGHT && !dense && !w.pattern().stores(row, col);
            return absent ? 0 : element(row, col);
        });
    }

    private double element(int row, int col) {
        double sum = 0;
        switch (product) {
            case FORWARD -> {
                for (int i = 0; i < x.cols(); i++) {
                    sum += (double) x.get(row, i) * denseW.get(col, i);
                }
            }
            case BACKWARD_INPUT -> {
                for (int i = 0; i < dy.cols(); i++) {
                    sum += (double) dy.get(row, i) * denseW.get(i, col);
                }
            }
            case BACKWARD_WEIGHT -> {
                for (int i = 0; i < batch(); i++) {
                    sum += (double) dy.get(i, row) * x.get(i, col);
                }
            }
        }
        return sum;
    }
}
