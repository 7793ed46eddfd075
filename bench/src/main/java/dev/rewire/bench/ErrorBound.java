package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How near a result is to the product computed in double precision, against what its arithmetic may lose: in single precision a sum of k
 * products differs by at most {@code γ_k · Σ|x||w| + k · 2⁻¹⁵⁰}; see {@link Rounding}. Where partial sums can exceed the largest number, an infinity of
 * their sign is right, and NaN where those of both signs can.
 *
 * <p>Up to {@value #MOST_TERMS} products all outputs are checked. Of larger ones a seeded sample of about that many products: whole
 * samples of the batch, or of dW whole blocks.
 */
public final class ErrorBound {
    private static final long MOST_TERMS = 250_000_000;

    /** What a sample has that is to tell the product from another one, and not each element: a twentieth of a second. */
    private static final long TERMS_OF_SAMPLE = 10_000_000;

    /** What a NaN counts as, or an error where there may be none: JSON has no infinity. */
    private static final double BEYOND_ALL_BOUNDS = 1e9;

    private final SpmmProblem problem;
    private final Result computed;
    private final BlockSparseMatrix w;
    private final BlockPattern pattern;
    private final boolean dense;
    private final Rounding rounding;
    private final SplittableRandom random;
    private final double sampled;

    private double worst;

    private ErrorBound(
            SpmmProblem problem, Result computed, boolean dense, Rounding rounding, long seed, long mostTerms) {
        this.problem = problem;
        this.computed = computed;
        this.dense = dense;
        this.rounding = rounding;
        w = problem.w();
        pattern = w.pattern();
        random = new SplittableRandom(seed);
        sampled = (double) mostTerms / Math.max(1, pattern.storedElements() * problem.batch());
    }

    /**
     * The largest error over its bound; a result at most 1 is correct.
     *
     * @param computed what is checked
     * @param dense whether whoever computed it sums over all elements and not only over stored ones
     * @param seed of the sample
     */
    static double worst(SpmmProblem problem, Result computed, boolean dense, long seed) {
        return worst(problem, computed, dense, Rounding.SINGLE, seed);
    }

    /**
     * The same of other arithmetic than single precision.
     *
     * @param problem what is computed
     * @param computed what is checked
     * @param dense whether whoever computed it sums over all elements and not only over stored ones
     * @param rounding how it computes
     * @param seed of the sample
     * @return the largest error over its bound; a result at most 1 is correct
     */
    public static double worst(SpmmProblem problem, Result computed, boolean dense, Rounding rounding, long seed) {
        return worst(problem, computed, dense, rounding, seed, MOST_TERMS);
    }

    /** The same of a small sample, for those who are not under test. */
    static double worstOfSample(SpmmProblem problem, Result computed, boolean dense, long seed) {
        return worst(problem, computed, dense, Rounding.SINGLE, seed, TERMS_OF_SAMPLE);
    }

    private static double worst(
            SpmmProblem problem, Result computed, boolean dense, Rounding rounding, long seed, long mostTerms) {
        ErrorBound bound = new ErrorBound(problem, computed, dense, rounding, seed, mostTerms);
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            bound.checkWeights();
        } else {
            bound.checkSamples();
        }
        return bound.worst;
    }

    private void checkSamples() {
        boolean forward = problem.product() == Product.FORWARD;
        int[] terms = dense ? denseTerms(forward) : storedTerms(forward);
        int guaranteed = random.nextInt(problem.batch());
        float[] input = new float[problem.input().cols()];
        double[] sums = new double[problem.width()];
        double[] magnitudes = new double[problem.width()];
        for (int sample = 0; sample < problem.batch(); sample++) {
            if (random.nextDouble() >= sampled && sample != guaranteed) {
                continue;
            }
            read(problem.input(), sample, input);
            multiply(forward, input, sums, magnitudes);
            for (int i = 0; i < sums.length; i++) {
                check(sample, i, sums[i], magnitudes[i], terms[i]);
                sums[i] = 0;
                magnitudes[i] = 0;
            }
        }
    }

    /** Adds what one sample gives to each output. */
    private void multiply(boolean forward, float[] input, double[] sums, double[] magnitudes) {
        MemorySegment values = w.values();
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int firstRow = gridRow * height;
            int endRow = Math.min(firstRow + height, pattern.rows());
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * width;
                int endCol = Math.min(firstCol + width, pattern.cols());
                for (int row = firstRow; row < endRow; row++) {
                    long index = ((long) block * height + row - firstRow) * width;
                    for (int col = firstCol; col < endCol; col++) {
                        double value = values.getAtIndex(ValueLayout.JAVA_FLOAT, index++);
                        double product = value * input[forward ? col : row];
                        sums[forward ? row : col] += product;
                        magnitudes[forward ? row : col] += Math.abs(product);
                    }
                }
            }
        }
    }

    private int[] storedTerms(boolean forward) {
        int[] terms = new int[problem.width()];
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int firstRow = gridRow * pattern.blockRows();
            int endRow = Math.min(firstRow + pattern.blockRows(), pattern.rows());
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * pattern.blockCols();
                int endCol = Math.min(firstCol + pattern.blockCols(), pattern.cols());
                for (int i = forward ? firstRow : firstCol; i < (forward ? endRow : endCol); i++) {
                    terms[i] += forward ? endCol - firstCol : endRow - firstRow;
                }
            }
        }
        return terms;
    }

    private int[] denseTerms(boolean forward) {
        int[] terms = new int[problem.width()];
        Arrays.fill(terms, forward ? pattern.cols() : pattern.rows());
        return terms;
    }

    private void checkWeights() {
        int guaranteed = pattern.blocks() == 0 ? 0 : random.nextInt(pattern.blocks());
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int firstRow = gridRow * pattern.blockRows();
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                if (random.nextDouble() < sampled || block == guaranteed) {
                    checkBlock(firstRow, pattern.gridCol(block) * pattern.blockCols());
                }
            }
        }
    }

    private void checkBlock(int firstRow, int firstCol) {
        int rows = Math.min(pattern.blockRows(), pattern.rows() - firstRow);
        int cols = Math.min(pattern.blockCols(), pattern.cols() - firstCol);
        double[] sums = new double[rows * cols];
        double[] magnitudes = new double[rows * cols];
        for (int sample = 0; sample < problem.batch(); sample++) {
            for (int row = 0; row < rows; row++) {
                double gradient = problem.dy().get(sample, firstRow + row);
                for (int col = 0; col < cols; col++) {
                    double product = gradient * problem.x().get(sample, firstCol + col);
                    sums[row * cols + col] += product;
                    magnitudes[row * cols + col] += Math.abs(product);
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            check(firstRow + i / cols, firstCol + i % cols, sums[i], magnitudes[i], problem.batch());
        }
    }

    private void check(int row, int col, double sum, double magnitude, int terms) {
        double ratio = ratio(computed.result(row, col), sum, magnitude, terms, rounding);
        // Written so that a NaN counts as the worst.
        if (!(ratio <= worst)) {
            worst = ratio <= BEYOND_ALL_BOUNDS ? ratio : BEYOND_ALL_BOUNDS;
        }
    }

    /**
     * The error of a sum over its bound.
     *
     * @param result of the arithmetic
     * @param sum of the same products in double precision
     * @param magnitude of the products, added up
     * @param terms how many products there are
     * @param rounding how it was computed
     * @return 0 for a result that overflowed as it may have to
     */
    static double ratio(float result, double sum, double magnitude, int terms, Rounding rounding) {
        double bound = rounding.bound(terms, sum, magnitude);
        if (!Float.isFinite(result) || !Double.isFinite(sum)) {
            return mayBe(result, sum, magnitude + bound, rounding.largest()) ? 0 : BEYOND_ALL_BOUNDS;
        }
        double error = Math.abs(result - sum);
        return error == 0 ? 0 : error / bound;
    }

    /**
     * Whether a sum, in some order, may be infinite or no number: what overflows are the partial sums of the positive or of the negative products
     * at most, and where both do, infinities may meet. Of weights that are infinite themselves the sum says what comes out.
     */
    private static boolean mayBe(float result, double sum, double magnitude, double largest) {
        if (!Double.isFinite(sum)) {
            return Double.compare(result, sum) == 0;
        }
        boolean up = (magnitude + sum) / 2 >= largest;
        boolean down = (magnitude - sum) / 2 >= largest;
        return result > 0 ? up : result < 0 ? down : up && down;
    }

    private static void read(DenseMatrix matrix, int row, float[] target) {
        long offset = row * matrix.rowStride() * Float.BYTES;
        MemorySegment.copy(matrix.segment(), ValueLayout.JAVA_FLOAT, offset, target, 0, target.length);
    }
}
