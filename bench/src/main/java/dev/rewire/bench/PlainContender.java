package dev.rewire.bench;

import dev.rewire.bench.PlainLoop.Weights;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.arrays.CscArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.SparseArrays;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Plain loops over arrays on the heap, in one thread: what a library has to be faster than. Of those that compute the product the fastest takes part.
 * Bringing the operands into the order that it wants, W by columns or samples side by side, is not timed.
 */
final class PlainContender implements Contender {
    /** Of each loop, until the JIT has compiled it. */
    private static final long TRIAL_NANOS = 150_000_000;

    private static final int LEAST_TRIALS = 3;

    private final PlainLoop loop;
    private final Product product;
    private final int batch;
    private final Weights w;
    private final int firstWidth;
    private final int secondWidth;
    private final float[] first;
    private final float[] second;

    PlainContender(PlainLoop loop, SpmmProblem problem) {
        this.loop = loop;
        product = problem.product();
        batch = problem.batch();
        w = weights(loop, problem);
        boolean forward = product == Product.FORWARD;
        firstWidth = forward ? problem.inputs() : problem.outputs();
        secondWidth = forward ? problem.outputs() : problem.inputs();
        first = floats(forward ? problem.x() : problem.dy());
        boolean writesWeights = product == Product.BACKWARD_WEIGHT;
        second = writesWeights ? floats(problem.x()) : new float[batch * secondWidth];
        // A loop that reads what it should overwrite, or leaves something out, fails the check.
        Arrays.fill(writesWeights ? w.values() : second, Float.NaN);
    }

    /** The fastest for a problem. */
    static PlainContender of(SpmmProblem problem) {
        return PlainLoop.of(problem.product()).stream()
                .map(loop -> new PlainContender(loop, problem))
                .min(Comparator.comparingLong(PlainContender::bestOfTrials))
                .orElseThrow();
    }

    /** Bytes of the operands of all loops, none of which is given back before the fastest is known. */
    static long bytes(SpmmProblem problem) {
        long dense = (long) problem.batch() * (problem.inputs() + (long) problem.outputs()) * Float.BYTES;
        return 3 * (dense + problem.w().pattern().storedElements() * (Float.BYTES + Integer.BYTES));
    }

    private long bestOfTrials() {
        long best = Long.MAX_VALUE;
        long end = System.nanoTime() + TRIAL_NANOS;
        for (int trial = 0; trial < LEAST_TRIALS || System.nanoTime() - end < 0; trial++) {
            long start = System.nanoTime();
            run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    private static Weights weights(PlainLoop loop, SpmmProblem problem) {
        CsrArrays rows = SparseArrays.csr(problem.w());
        if (!loop.byColumns()) {
            return new Weights(rows.rowOffsets(), rows.colIndices(), rows.values());
        }
        CscArrays columns = SparseArrays.csc(problem.w());
        return new Weights(columns.colOffsets(), columns.rowIndices(), columns.values());
    }

    private float[] floats(DenseMatrix matrix) {
        float[] floats = new float[batch * matrix.cols()];
        for (int sample = 0; sample < batch; sample++) {
            for (int feature = 0; feature < matrix.cols(); feature++) {
                floats[place(sample, feature, matrix.cols())] = matrix.get(sample, feature);
            }
        }
        return floats;
    }

    private int place(int sample, int feature, int width) {
        return loop.byFeature() ? feature * batch + sample : sample * width + feature;
    }

    @Override
    public void run() {
        loop.run(w, first, second, batch, firstWidth, secondWidth);
    }

    @Override
    public float result(int row, int col) {
        if (product == Product.BACKWARD_WEIGHT) {
            return w.values()[Arrays.binarySearch(w.indices(), w.offsets()[row], w.offsets()[row + 1], col)];
        }
        return second[place(row, col, secondWidth)];
    }
}
