package dev.rewire.bench.jmh;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.random.RandomGenerator;

/**
 * Operands of small integers, −4 to 4: every partial sum of up to 2²⁰ products is exact in single precision, in any order and fused or not,
 * so that results have to be equal and not only near.
 */
final class Inputs {
    private static final int LARGEST = 4;

    private Inputs() {}

    /** A pattern of exactly {@code round((1 − sparsity) · grid)} blocks, as others who publish figures draw it. */
    static BlockPattern pattern(Size shape, Size block, double sparsity, RandomGenerator random) {
        long grid = (long) Math.ceilDiv(shape.rows(), block.rows()) * Math.ceilDiv(shape.cols(), block.cols());
        int blocks = Math.toIntExact(Math.round((1 - sparsity) * grid));
        return BlockPattern.random(shape.rows(), shape.cols(), block.rows(), block.cols(), blocks, random);
    }

    static DenseMatrix dense(KernelArena arena, int rows, int cols, RandomGenerator random) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, random.nextInt(-LARGEST, LARGEST + 1));
            }
        }
        return matrix;
    }

    static BlockSparseMatrix sparse(KernelArena arena, BlockPattern pattern, RandomGenerator random) {
        try (KernelArena scratch = KernelArena.open()) {
            DenseMatrix values = dense(scratch, pattern.rows(), pattern.cols(), random);
            return BlockSparseMatrix.fromDense(arena, values, pattern);
        }
    }

    /**
     * Another pattern with as many blocks, as a rewiring leaves it: some blocks of the grid rows have moved.
     *
     * @param share of the blocks that move, about
     */
    static BlockPattern moved(BlockPattern pattern, double share, RandomGenerator random) {
        int[] offsets = new int[pattern.gridRows() + 1];
        int[] cols = new int[pattern.blocks()];
        boolean[] taken = new boolean[pattern.gridCols()];
        for (int row = 0; row < pattern.gridRows(); row++) {
            int from = pattern.rowOffset(row);
            int end = pattern.rowOffset(row + 1);
            for (int block = from; block < end; block++) {
                taken[pattern.gridCol(block)] = true;
            }
            for (int block = from; block < end; block++) {
                int target = random.nextInt(pattern.gridCols());
                if (random.nextDouble() < share && !taken[target]) {
                    taken[pattern.gridCol(block)] = false;
                    taken[target] = true;
                }
            }
            int next = from;
            for (int col = 0; col < taken.length; col++) {
                if (taken[col]) {
                    cols[next++] = col;
                    taken[col] = false;
                }
            }
            offsets[row + 1] = end;
        }
        return BlockPattern.of(pattern.rows(), pattern.cols(), pattern.blockRows(), pattern.blockCols(), offsets, cols);
    }
}
