package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.GradientScores;
import java.util.ArrayList;
import java.util.List;

/** A layer of single weights whose gradient is a matrix, as a test sets it. */
final class MatrixScores implements GradientScores {
    private final float[][] gradient;

    /** The pattern of each gradient that was computed at some places. */
    final List<BlockPattern> asked = new ArrayList<>();

    MatrixScores(float[][] gradient) {
        this.gradient = gradient;
    }

    @Override
    public Pass prepare(KernelArena arena, BlockPattern grid) {
        return rows -> {
            for (int row = 0; row < gradient.length; row++) {
                float[] norms = gradient[row].clone();
                for (int col = 0; col < norms.length; col++) {
                    norms[col] = Math.abs(norms[col]);
                }
                rows.accept(row, norms);
            }
        };
    }

    @Override
    public At at(KernelArena arena, BlockSparseMatrix to, boolean accumulate) {
        return new At() {
            @Override
            public void run() {
                asked.add(to.pattern());
                for (int row = 0; row < gradient.length; row++) {
                    for (int col = 0; col < gradient[row].length; col++) {
                        if (to.pattern().stores(row, col)) {
                            to.set(row, col, gradient[row][col] + (accumulate ? to.get(row, col) : 0));
                        }
                    }
                }
            }

            @Override
            public void replan() {}
        };
    }
}
