package dev.rewire.kernels;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One product of an N:M matrix, small enough to be printed and repeated.
 *
 * @param shape of the matrix; m divides its rows if it is transposable
 * @param transposable whether the pattern is N:M along columns too
 * @param offset floats from an address divisible by 64 to the first element of a row-major operand
 * @param gap floats between the rows of a row-major operand
 */
record NmProblem(NmCase shape, boolean transposable, int batch, int offset, int gap, Values values)
        implements SparseProblem {
    /** Of random places. */
    static NmProblem general(int batch, int rows, int cols, int n, int m, int sharedRows) {
        return new NmProblem(new NmCase(rows, cols / m, n, m, sharedRows, 1), false, batch, 0, 0, Values.UNIFORM);
    }

    static NmProblem transposable(int batch, int rows, int cols, int n, int m) {
        return new NmProblem(new NmCase(rows, cols / m, n, m, 1, 1), true, batch, 0, 0, Values.UNIFORM);
    }

    NmProblem with(Values kind) {
        return new NmProblem(shape, transposable, batch, offset, gap, kind);
    }

    @Override
    public NmProblem withBatch(int samples) {
        return new NmProblem(shape, transposable, samples, offset, gap, values);
    }

    @Override
    public NmPattern pattern() {
        return transposable ? shape.transposablePattern(0) : shape.pattern(0);
    }

    /** The kept elements as blocks of one element each. */
    BlockPattern singleBlocks() {
        NmPattern pattern = pattern();
        int[] offsets = new int[rows() + 1];
        int[] columns = new int[pattern.elements()];
        int blocks = 0;
        for (int row = 0; row < rows(); row++) {
            for (int col = 0; col < cols(); col++) {
                if (pattern.find(row, col) >= 0) {
                    columns[blocks++] = col;
                }
            }
            offsets[row + 1] = blocks;
        }
        return BlockPattern.of(rows(), cols(), 1, 1, offsets, Arrays.copyOf(columns, blocks));
    }

    @Override
    public int rows() {
        return shape.rows();
    }

    @Override
    public int cols() {
        return shape.cols();
    }

    @Override
    public SplittableRandom random(int operand) {
        return shape.random(operand);
    }
}
