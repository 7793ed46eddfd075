package dev.rewire.kernels;

import java.util.SplittableRandom;

/**
 * One product of a matrix in blocks, small enough to be printed and repeated.
 *
 * @param percent stored blocks, of 100
 * @param offset floats from an address divisible by 64 to the first element of a row-major operand
 * @param gap floats between the rows of a row-major operand
 * @param seed of the pattern and the elements
 */
record Problem(
        int batch,
        int rows,
        int cols,
        int blockRows,
        int blockCols,
        int percent,
        int offset,
        int gap,
        Values values,
        long seed)
        implements SparseProblem {

    static Problem of(int batch, int rows, int cols, int blockRows, int blockCols, int percent) {
        return new Problem(batch, rows, cols, blockRows, blockCols, percent, 0, 0, Values.UNIFORM, 1);
    }

    Problem with(Values kind) {
        return new Problem(batch, rows, cols, blockRows, blockCols, percent, offset, gap, kind, seed);
    }

    Problem withPercent(int stored) {
        return new Problem(batch, rows, cols, blockRows, blockCols, stored, offset, gap, values, seed);
    }

    @Override
    public Problem withBatch(int samples) {
        return new Problem(samples, rows, cols, blockRows, blockCols, percent, offset, gap, values, seed);
    }

    @Override
    public BlockPattern pattern() {
        int gridRows = (rows + blockRows - 1) / blockRows;
        int gridCols = (cols + blockCols - 1) / blockCols;
        int blocks = (int) Math.round(gridRows * gridCols * (percent / 100.0));
        return BlockPattern.random(rows, cols, blockRows, blockCols, blocks, random(0));
    }

    @Override
    public SplittableRandom random(int operand) {
        return new SplittableRandom(seed * 31 + operand);
    }
}
