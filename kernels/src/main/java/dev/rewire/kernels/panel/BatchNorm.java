package dev.rewire.kernels.panel;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.ChannelFactors;
import dev.rewire.kernels.internal.ChannelKernels;
import dev.rewire.kernels.internal.ChannelRow;
import dev.rewire.kernels.internal.WorkerTask;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) of the channels of images, over samples and positions; features that are no images are the channels of 1×1 ones. With
 * the biased variance σ² of the batch, forward computes {@code y = (x − mean)·(scale/√(σ² + ε)) + shift}.
 *
 * <p>Statistics take one pass over x. Sums are of {@code x − c} and its square, c being the mean of some positions of the first panel, so a mean that is large beside σ costs
 * nothing: of n values in a channel, m of which c is the mean of, {@code (mean − c)² ≤ σ²·n/m}, as a rule far less. A part of the image has a sum of its own of {@code L} terms in each of 16 lanes, and
 * these are added in double. With u = 2⁻²⁴ the error of the variance is at most {@code (L + 8)·u·(σ² + 3·(mean − c)²)}, of the mean {@code (L + 8)·u·(σ + |mean − c|) + u·|mean|}, where
 * {@code L = lanes/16 · max(width, 512/min(channels, 128))} bounds the terms. Parts do not depend on the workers; all bits are the same for any number of workers and any width of vectors.
 *
 * <p>Vectors are 1 × channels, of any arena that the calling thread may use. Running a pass allocates nothing. One thread at a time.
 */
public final class BatchNorm {
    /** Channels of a task: their sums fit into half of a first-level cache. */
    private static final int CHANNELS = 128;

    private static final int FEATURES_OF_TASK = 512;
    private static final int CENTER_POSITIONS = 8;
    private static final int LANES = ChannelKernels.SUMS / 2;
    private static final String CHANNELS_NAME = "channels";

    private final FeatureMap map;
    private final float epsilon;
    private final float momentum;
    private final Workers workers;
    private final ChannelKernels kernels = Runs.RUNS.kernels().channels();
    private final ChannelRow[] rows;
    private final int rowsOfTask;
    private final int rowTasks;
    private final int chunks;
    private final float[] scales;
    private final float[] means;
    private final float[] variances;

    /** Of the last training pass, for the way back. */
    private final ChannelFactors training;

    private final ChannelFactors evaluation;
    private final double[] inverse;
    private double[] partial = {};

    private final WorkerTask centerTask = this::sumCenters;
    private final WorkerTask momentsTask = this::sumMoments;
    private final WorkerTask trainingTask = this::normalizeTraining;
    private final WorkerTask trainingSumTask = this::addTraining;
    private final WorkerTask evaluationTask = this::normalizeEvaluation;
    private final WorkerTask evaluationSumTask = this::addEvaluation;
    private final WorkerTask gradientSumsTask = this::sumGradients;
    private final WorkerTask gradientTask = this::differentiate;

    /** Samples of the training pass that a way back may follow; 0 for none. */
    private int trained;

    // What a pass runs on.
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment addend = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment dx = MemorySegment.NULL;
    private MemorySegment mask = MemorySegment.NULL;
    private int samples;
    private int lanes;
    private long panelStride;
    private boolean relu;

    private BatchNorm(FeatureMap map, float epsilon, float momentum, Workers workers) {
        this.map = map;
        this.epsilon = epsilon;
        this.momentum = momentum;
        this.workers = workers;
        int channels = map.channels();
        int channelsOfTask = Math.min(channels, CHANNELS);
        rows = new ChannelRow[workers.threads()];
        Arrays.setAll(rows, worker -> new ChannelRow(channelsOfTask));
        rowsOfTask = Math.clamp(FEATURES_OF_TASK / ((long) map.width() * channelsOfTask), 1, map.height());
        rowTasks = Math.ceilDiv(map.height(), rowsOfTask);
        chunks = Math.ceilDiv(channels, CHANNELS);
        scales = new float[channels];
        means = new float[channels];
        variances = new float[channels];
        training = new ChannelFactors(channels);
        evaluation = new ChannelFactors(channels);
        inverse = new double[channels];
    }

    /**
     * Prepares the normalisation of images.
     *
     * @param map the images; height and width 1 and no margin for features that are no images
     * @param epsilon ε, finite and above 0, usually 1e-5
     * @param momentum share of the new statistics in the running ones, 0 to 1, usually 0.1 (PyTorch's sense of the word)
     * @param workers who computes
     * @return the layer's passes, for any batch
     * @throws IllegalArgumentException if a number is out of range
     */
    public static BatchNorm prepare(FeatureMap map, float epsilon, float momentum, Workers workers) {
        Check.positive("epsilon", epsilon);
        if (!(momentum >= 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    "momentum: " + momentum + " is out of range; accepted are numbers from 0 to 1");
        }
        return new BatchNorm(map, epsilon, momentum, workers);
    }

    /**
     * Forward with the statistics of the batch, which go into the running ones: {@code running = (1 − momentum)·running + momentum·new}, with the unbiased variance there.
     *
     * @param x images, at least two values in each channel; kept as they are for {@link #backward}
     * @param scale γ
     * @param shift β
     * @param runningMean updated
     * @param runningVariance updated
     * @param relu whether what comes out negative becomes 0
     * @param y of the shape of x, overwritten but for the margin
     * @throws IllegalArgumentException if a shape does not fit, a channel has fewer than two values, y is x, or running statistics share memory with another operand or are read-only
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void forwardTraining(
            PanelMatrix x,
            DenseMatrix scale,
            DenseMatrix shift,
            DenseMatrix runningMean,
            DenseMatrix runningVariance,
            boolean relu,
            PanelMatrix y) {
        forwardTraining(x, scale, shift, runningMean, runningVariance, null, relu, y);
    }

    /**
     * Forward with the statistics of the batch, and a sum: what a residual block ends in takes as long as the normalisation alone. Its way back is that of the terms.
     *
     * @param x images
     * @param scale γ
     * @param shift β
     * @param runningMean updated
     * @param runningVariance updated
     * @param addend what is added to the normalised values, of the shape of x; null for nothing
     * @param relu whether what comes out negative becomes 0
     * @param y of the shape of x, overwritten but for the margin; may be the addend
     * @throws IllegalArgumentException if a shape does not fit, a channel has fewer than two values, y is x, or running statistics share memory with another operand or are read-only
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void forwardTraining(
            PanelMatrix x,
            DenseMatrix scale,
            DenseMatrix shift,
            DenseMatrix runningMean,
            DenseMatrix runningVariance,
            @Nullable PanelMatrix addend,
            boolean relu,
            PanelMatrix y) {
        checkForward(x, scale, shift, addend, y);
        Check.result("runningMean", runningMean, map.channels(), CHANNELS_NAME);
        Check.result("runningVariance", runningVariance, map.channels(), CHANNELS_NAME);
        Check.apart("y", y, "x", x);
        checkApart("runningMean", runningMean, x, y, scale, shift);
        checkApart("runningVariance", runningVariance, x, y, scale, shift);
        Check.apart("runningVariance", runningVariance, "runningMean", runningMean);
        long count = (long) x.rows() * map.height() * map.width();
        if (count < 2) {
            throw new IllegalArgumentException("x.rows: " + x.rows() + " give " + count
                    + (count == 1 ? " value" : " values")
                    + " in a channel; accepted are at least 2 (their variance is taken)");
        }
        trained = 0; // until all is done
        begin(x, relu);
        this.addend = addend == null ? MemorySegment.NULL : addend.segment();
        this.y = y.segment();
        int sums = 2 * map.channels() * x.panels() * rowTasks;
        if (partial.length < sums) {
            partial = new double[sums];
        }
        Runs.RUNS.run(workers, chunks, centerTask, x, y, null, null);
        Runs.RUNS.run(workers, tasks(x), momentsTask, x, y, null, null);
        read(scale, scales);
        read(shift, training.shift);
        read(runningMean, means);
        read(runningVariance, variances);
        takeMoments(x.panels(), count);
        Runs.RUNS.run(workers, tasks(x), addend == null ? trainingTask : trainingSumTask, x, y, addend, null);
        write(means, runningMean);
        write(variances, runningVariance);
        trained = x.rows();
    }

    /**
     * Forward with the running statistics. A way back of the training pass before is still possible.
     *
     * @param x images
     * @param scale γ
     * @param shift β
     * @param runningMean used as mean
     * @param runningVariance used as σ²
     * @param relu whether what comes out negative becomes 0
     * @param y of the shape of x, overwritten but for the margin; may be x
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void forwardEvaluation(
            PanelMatrix x,
            DenseMatrix scale,
            DenseMatrix shift,
            DenseMatrix runningMean,
            DenseMatrix runningVariance,
            boolean relu,
            PanelMatrix y) {
        forwardEvaluation(x, scale, shift, runningMean, runningVariance, null, relu, y);
    }

    /**
     * Forward with the running statistics, and a sum. A way back of the training pass before is still possible.
     *
     * @param x images
     * @param scale γ
     * @param shift β
     * @param runningMean used as mean
     * @param runningVariance used as σ²
     * @param addend what is added to the normalised values, of the shape of x; null for nothing
     * @param relu whether what comes out negative becomes 0
     * @param y of the shape of x, overwritten but for the margin; may be x or the addend
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void forwardEvaluation(
            PanelMatrix x,
            DenseMatrix scale,
            DenseMatrix shift,
            DenseMatrix runningMean,
            DenseMatrix runningVariance,
            @Nullable PanelMatrix addend,
            boolean relu,
            PanelMatrix y) {
        checkForward(x, scale, shift, addend, y);
        Check.vector("runningMean", runningMean, map.channels(), CHANNELS_NAME);
        Check.vector("runningVariance", runningVariance, map.channels(), CHANNELS_NAME);
        begin(x, relu);
        this.y = y.segment();
        this.addend = addend == null ? MemorySegment.NULL : addend.segment();
        read(scale, scales);
        read(shift, evaluation.shift);
        read(runningMean, evaluation.center);
        read(runningVariance, variances);
        for (int c = 0; c < map.channels(); c++) {
            evaluation.factor[c] = (float) (scales[c] / Math.sqrt(variances[c] + (double) epsilon));
        }
        Runs.RUNS.run(workers, tasks(x), addend == null ? evaluationTask : evaluationSumTask, x, y, addend, null);
    }

    /**
     * The way back of the last training pass, with the scale and shift that it had. One pass over x and dy for the sums, one for the gradient of x.
     *
     * @param x what that pass read, unchanged
     * @param dy gradient of y
     * @param relu whether the pass ended in a ReLU through which dy has not come yet; where it let through is computed again from x. False where what made dy has masked it with y
     * @param reluMask dx becomes 0 where this is not positive: with x, if x is what a ReLU put out, the gradient through that one; null for none. Not dx
     * @param dx gradient of x, overwritten but for the margin; may be dy, or x if that is not the mask
     * @param dScale gradient of γ, overwritten
     * @param dShift gradient of β, overwritten
     * @throws IllegalArgumentException if a shape does not fit, dx is reluMask, or a gradient of a vector shares memory with another operand or is read-only
     * @throws IllegalStateException if there was no training pass of so many samples, or an arena or the workers are closed
     */
    public synchronized void backward(
            PanelMatrix x,
            PanelMatrix dy,
            boolean relu,
            @Nullable PanelMatrix reluMask,
            PanelMatrix dx,
            DenseMatrix dScale,
            DenseMatrix dShift) {
        Check.images("x", x, map);
        Check.same("dy", dy, "x", x);
        Check.same("dx", dx, "x", x);
        Check.result("dScale", dScale, map.channels(), CHANNELS_NAME);
        Check.result("dShift", dShift, map.channels(), CHANNELS_NAME);
        checkApart("dScale", dScale, x, dy, dx);
        checkApart("dShift", dShift, x, dy, dx);
        Check.apart("dShift", dShift, "dScale", dScale);
        if (reluMask != null) {
            Check.same("reluMask", reluMask, "x", x);
            Check.apart("reluMask", reluMask, "dx", dx);
        }
        if (trained == 0 || trained != x.rows()) {
            throw new IllegalStateException("x.rows: " + x.rows() + " samples, but the last training pass had "
                    + trained + "; accepted is a way back after forwardTraining, of the same batch");
        }
        begin(x, relu);
        this.dy = dy.segment();
        this.dx = dx.segment();
        mask = reluMask == null ? MemorySegment.NULL : reluMask.segment();
        Runs.RUNS.run(workers, tasks(x), gradientSumsTask, x, dy, dx, reluMask);
        double count = (double) x.rows() * map.height() * map.width();
        int channels = map.channels();
        for (int c = 0; c < channels; c++) {
            double sum = total(x.panels(), 2 * c);
            double products = total(x.panels(), 2 * c + 1);
            training.gradientMean[c] = (float) (sum / count);
            training.slope[c] = (float) (products * inverse[c] * inverse[c] / count);
            means[c] = (float) (products * inverse[c]);
            variances[c] = (float) sum;
        }
        Runs.RUNS.run(workers, tasks(x), gradientTask, x, dy, dx, reluMask);
        write(means, dScale);
        write(variances, dShift);
    }

    private void takeMoments(int panels, long count) {
        for (int c = 0; c < map.channels(); c++) {
            double offset = total(panels, 2 * c) / count;
            double mean = training.center[c] + offset;
            double variance = Math.max(0, total(panels, 2 * c + 1) / count - offset * offset);
            inverse[c] = 1 / Math.sqrt(variance + epsilon);
            training.center[c] = (float) mean;
            training.factor[c] = (float) (scales[c] * inverse[c]);
            means[c] = (float) ((1.0 - momentum) * means[c] + momentum * mean);
            variances[c] = (float) ((1.0 - momentum) * variances[c] + momentum * variance * (count / (count - 1.0)));
        }
    }

    /** One of the sums of all parts, in their order. */
    private double total(int panels, int place) {
        double sum = 0;
        int stride = 2 * map.channels();
        for (int part = 0; part < panels * rowTasks; part++) {
            sum += partial[part * stride + place];
        }
        return sum;
    }

    private void sumCenters(int chunk, int worker) {
        ChannelRow at = row(worker, 0, chunk);
        Arrays.fill(at.sums, 0);
        Arrays.fill(training.center, at.channel, at.channel + at.channels, 0);
        int positions = map.height() * map.width();
        int taken = Math.min(positions, CENTER_POSITIONS);
        at.positions = 1;
        for (int i = 0; i < taken; i++) {
            int position = (int) ((2L * i + 1) * positions / (2L * taken));
            at.offset = offset(0, position / map.width(), position % map.width(), at.channel);
            kernels.moments(at, training);
        }
        for (int c = 0; c < at.channels; c++) {
            training.center[at.channel + c] =
                    (float) (lanesTotal(at, c * ChannelKernels.SUMS) / ((double) taken * at.samples));
        }
    }

    private void sumMoments(int task, int worker) {
        ChannelRow at = begin(task, worker);
        for (int row = firstRow(task); row < endRow(task); row++) {
            at.offset = offset(panel(task), row, 0, at.channel);
            kernels.moments(at, training);
        }
        keepSums(task, at);
    }

    private void sumGradients(int task, int worker) {
        ChannelRow at = begin(task, worker);
        for (int row = firstRow(task); row < endRow(task); row++) {
            at.offset = offset(panel(task), row, 0, at.channel);
            kernels.gradientSums(at, training, relu);
        }
        keepSums(task, at);
    }

    private ChannelRow begin(int task, int worker) {
        ChannelRow at = row(worker, panel(task), task % chunks);
        Arrays.fill(at.sums, 0);
        return at;
    }

    private void keepSums(int task, ChannelRow at) {
        int place = 2 * (task / chunks * map.channels() + at.channel);
        for (int c = 0; c < at.channels; c++) {
            partial[place + 2 * c] = lanesTotal(at, c * ChannelKernels.SUMS);
            partial[place + 2 * c + 1] = lanesTotal(at, c * ChannelKernels.SUMS + LANES);
        }
    }

    private static double lanesTotal(ChannelRow at, int place) {
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += at.sums[place + lane];
        }
        return sum;
    }

    private void normalizeTraining(int task, int worker) {
        normalize(task, worker, training);
    }

    private void normalizeEvaluation(int task, int worker) {
        normalize(task, worker, evaluation);
    }

    private void normalize(int task, int worker, ChannelFactors factors) {
        ChannelRow at = row(worker, panel(task), task % chunks);
        for (int row = firstRow(task); row < endRow(task); row++) {
            at.offset = offset(panel(task), row, 0, at.channel);
            kernels.normalize(at, factors, relu);
        }
    }

    private void addTraining(int task, int worker) {
        normalizeAndAdd(task, worker, training);
    }

    private void addEvaluation(int task, int worker) {
        normalizeAndAdd(task, worker, evaluation);
    }

    private void normalizeAndAdd(int task, int worker, ChannelFactors factors) {
        ChannelRow at = row(worker, panel(task), task % chunks);
        for (int row = firstRow(task); row < endRow(task); row++) {
            at.offset = offset(panel(task), row, 0, at.channel);
            kernels.normalizeAndAdd(at, factors, relu);
        }
    }

    private void differentiate(int task, int worker) {
        ChannelRow at = row(worker, panel(task), task % chunks);
        for (int row = firstRow(task); row < endRow(task); row++) {
            at.offset = offset(panel(task), row, 0, at.channel);
            kernels.gradient(at, training, relu);
        }
    }

    /** What a worker hands to the kernels, for some channels of a panel. */
    private ChannelRow row(int worker, int panel, int chunk) {
        ChannelRow at = rows[worker];
        at.positions = map.width();
        at.positionBytes = (long) map.channels() * lanes * Float.BYTES;
        at.channel = chunk * CHANNELS;
        at.channels = Math.min(CHANNELS, map.channels() - at.channel);
        at.lanes = lanes;
        at.samples = Math.min(lanes, samples - panel * lanes);
        at.x = x;
        at.y = y;
        at.addend = addend;
        at.dy = dy;
        at.dx = dx;
        at.mask = mask;
        return at;
    }

    private long offset(int panel, int row, int col, int channel) {
        return (panel * panelStride + (long) map.feature(row, col, channel) * lanes) * Float.BYTES;
    }

    private int tasks(PanelMatrix panels) {
        return panels.panels() * rowTasks * chunks;
    }

    private int panel(int task) {
        return task / chunks / rowTasks;
    }

    private int firstRow(int task) {
        return task / chunks % rowTasks * rowsOfTask;
    }

    private int endRow(int task) {
        return Math.min(firstRow(task) + rowsOfTask, map.height());
    }

    private void begin(PanelMatrix x, boolean relu) {
        this.x = x.segment();
        samples = x.rows();
        lanes = x.lanes();
        panelStride = x.panelStride();
        this.relu = relu;
    }

    private void checkForward(
            PanelMatrix x, DenseMatrix scale, DenseMatrix shift, @Nullable PanelMatrix addend, PanelMatrix y) {
        if (addend != null) {
            Check.same("addend", addend, "x", x);
        }
        Check.images("x", x, map);
        Check.same("y", y, "x", x);
        Check.vector("scale", scale, map.channels(), CHANNELS_NAME);
        Check.vector("shift", shift, map.channels(), CHANNELS_NAME);
        Check.apart("scale", scale, "y", y);
        Check.apart("shift", shift, "y", y);
    }

    private static void checkApart(
            String argument, DenseMatrix written, PanelMatrix x, PanelMatrix y, DenseMatrix scale, DenseMatrix shift) {
        Check.apart(argument, written, "x", x);
        Check.apart(argument, written, "y", y);
        Check.apart(argument, written, "scale", scale);
        Check.apart(argument, written, "shift", shift);
    }

    private static void checkApart(
            String argument, DenseMatrix written, PanelMatrix x, PanelMatrix dy, PanelMatrix dx) {
        Check.apart(argument, written, "x", x);
        Check.apart(argument, written, "dy", dy);
        Check.apart(argument, written, "dx", dx);
    }

    private static void read(DenseMatrix vector, float[] values) {
        MemorySegment.copy(vector.segment(), ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }

    private static void write(float[] values, DenseMatrix vector) {
        MemorySegment.copy(values, 0, vector.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    @Override
    public String toString() {
        return "BatchNorm of " + map + ", epsilon " + epsilon + ", momentum " + momentum;
    }
}
