package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.GradientScores;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gradients of several steps at all places of some weights, which takes as much memory as the dense weights, or twice that with squares. */
final class GradientMemory implements GradientScores.Pass {
    /** Dettmers and Zettlemoyer's code. */
    private static final float EPSILON = 1e-8f;

    private final GrowRule.Memory rule;
    private final BlockPattern grid;
    private final BlockSparseMatrix sum;
    private final @Nullable BlockSparseMatrix squares;
    private final BlockSparseMatrix gradient;
    private final GradientScores.At product;

    /**
     * Zeros.
     *
     * @param arena where memory comes from
     * @param grid shape and blocks of the weights
     * @param scores the layer's
     * @param rule how gradients are added up
     */
    GradientMemory(KernelArena arena, BlockPattern grid, GradientScores scores, GrowRule.Memory rule) {
        this.rule = rule;
        this.grid = grid;
        BlockPattern everywhere = scores.everywhere(grid);
        sum = BlockSparseMatrix.allocate(arena, everywhere);
        squares = rule.squareDecay() == 0 ? null : BlockSparseMatrix.allocate(arena, everywhere);
        gradient = squares == null ? sum : BlockSparseMatrix.allocate(arena, everywhere);
        product = scores.at(arena, gradient, squares == null);
    }

    /** Takes in the gradient that the layer has now. */
    void add() {
        if (squares == null) {
            scale((float) rule.decay());
            product.run();
        } else {
            product.run();
            average(squares.values());
        }
    }

    private void scale(float factor) {
        if (factor != 1) {
            MemorySegment values = sum.values();
            long count = values.byteSize() / Float.BYTES;
            for (long i = 0; i < count; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, factor * values.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            }
        }
    }

    private void average(MemorySegment second) {
        float beta1 = (float) rule.decay();
        float beta2 = (float) rule.squareDecay();
        MemorySegment first = sum.values();
        MemorySegment now = gradient.values();
        long count = now.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            float g = now.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float m = first.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float v = second.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            first.setAtIndex(ValueLayout.JAVA_FLOAT, i, beta1 * m + (1 - beta1) * g);
            second.setAtIndex(ValueLayout.JAVA_FLOAT, i, beta2 * v + (1 - beta2) * g * g);
        }
    }

    /** Forgets sums that served a rewiring; averages go on. */
    void served() {
        if (rule.decay() == 1) {
            sum.fill(0);
        }
    }

    @Override
    public void run(DenseGradient.RowSink rows) {
        float[] norms = new float[grid.gridCols()];
        for (int gridRow = 0; gridRow < grid.gridRows(); gridRow++) {
            Arrays.fill(norms, 0);
            int end = Math.min(grid.rows(), (gridRow + 1) * grid.blockRows());
            for (int row = gridRow * grid.blockRows(); row < end; row++) {
                addRow(row, norms);
            }
            rows.accept(gridRow, norms);
        }
    }

    private void addRow(int row, float[] norms) {
        BlockPattern full = sum.pattern();
        int width = full.blockCols();
        long blockFloats = (long) full.blockRows() * width;
        long first =
                (long) row / full.blockRows() * full.gridCols() * blockFloats + (long) row % full.blockRows() * width;
        MemorySegment sums = sum.values();
        MemorySegment second = squares == null ? null : squares.values();
        for (int col = 0; col < grid.cols(); col++) {
            long place = first + col / width * blockFloats + col % width;
            float score = Math.abs(sums.getAtIndex(ValueLayout.JAVA_FLOAT, place));
            if (second != null) {
                score /= (float) Math.sqrt(second.getAtIndex(ValueLayout.JAVA_FLOAT, place)) + EPSILON;
            }
            norms[col / grid.blockCols()] += score;
        }
    }

    /** The sum of the scores of stored blocks. */
    double scoreOf(BlockPattern stored) {
        double[] total = {0};
        run((gridRow, norms) -> {
            for (int block = stored.rowOffset(gridRow); block < stored.rowOffset(gridRow + 1); block++) {
                total[0] += norms[stored.gridCol(block)];
            }
        });
        return total[0];
    }

    /** What goes on in another process. */
    List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(sum.values()));
        if (squares != null) {
            state.add(squares.values());
        }
        return state;
    }

    /** Memory that it takes. */
    long bytes() {
        long matrices = squares == null ? 1 : 3;
        return matrices * sum.values().byteSize();
    }
}
