package dev.rewire.bench;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The operands of a measurement, the same for everyone who takes part.
 *
 * @param product which product
 * @param w sparse weights, outputs × inputs; of a product backward to the weights only the pattern counts
 * @param nm the same elements as N:M, if that is what is multiplied
 * @param values how the weights are stored that are multiplied; w has those values exactly
 * @param x X, batch × inputs, row-major; without rows if the product does not read it
 * @param dy dY, batch × outputs, row-major; without rows if the product does not read it
 */
record SpmmProblem(
        Product product, BlockSparseMatrix w, @Nullable NmPattern nm, ValueType values, DenseMatrix x, DenseMatrix dy) {
    static SpmmProblem draw(KernelArena arena, SparseInput input, SpmmSettings settings) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        BlockSparseMatrix w = rounded(arena, input.allocate(arena, random.split()), settings.values());
        int rows = input.pattern().rows();
        int cols = input.pattern().cols();
        // What a product only writes is not drawn and takes no memory.
        boolean readsX = settings.product() != Product.BACKWARD_INPUT;
        boolean readsDy = settings.product() != Product.FORWARD;
        return new SpmmProblem(
                settings.product(),
                w,
                input.nm(),
                settings.values(),
                drawn(arena, readsX ? settings.batch() : 0, cols, random.split()),
                drawn(arena, readsDy ? settings.batch() : 0, rows, random.split()));
    }

    /** The values that a type stores, as floats. */
    private static BlockSparseMatrix rounded(KernelArena arena, BlockSparseMatrix w, ValueType type) {
        return type == ValueType.F32 ? w : w.convert(arena, type).convert(arena, ValueType.F32);
    }

    /** The matrix as N:M: kept elements have the order of 1×1 blocks. */
    SemiStructuredMatrix semiStructured(KernelArena arena, NmPattern pattern) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(arena, pattern);
        matrix.values().copyFrom(w.values());
        return values == ValueType.F32 ? matrix : matrix.convert(arena, values);
    }

    /** The matrix in blocks. */
    BlockSparseMatrix blocks(KernelArena arena) {
        return values == ValueType.F32 ? w : w.convert(arena, values);
    }

    private static DenseMatrix drawn(KernelArena arena, int rows, int cols, RandomGenerator random) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, random.nextFloat(-1, 1));
            }
        }
        return matrix;
    }

    int batch() {
        return Math.max(x.rows(), dy.rows());
    }

    int outputs() {
        return w.pattern().rows();
    }

    int inputs() {
        return w.pattern().cols();
    }

    /** The dense operand of a sparse-times-dense product. */
    DenseMatrix input() {
        return product == Product.FORWARD ? x : dy;
    }

    /** Columns of what a sparse-times-dense product writes. */
    int width() {
        return product == Product.FORWARD ? outputs() : inputs();
    }
}
