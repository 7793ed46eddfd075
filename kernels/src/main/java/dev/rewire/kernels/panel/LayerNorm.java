package dev.rewire.kernels.panel;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.SampleKernels;
import dev.rewire.kernels.internal.WorkerTask;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba et al. 2016) over the features of each sample: {@code y = (x − mean)/√(σ² + ε)·scale + shift} with the biased variance σ².
 *
 * <p>Mean and variance are those of two passes, corrected by what the deviations from the first mean add up to, so a mean that is large beside σ costs nothing. With n features and
 * u = 2⁻²⁴ the error of the variance is at most {@code (n + 8)·u·σ²}, and of the mean {@code (n + 8)·u·σ + 2u·|mean|}, to the first order in u. Bits are the same for any number of workers and
 * any width of vectors, and do not depend on the other samples.
 *
 * <p>Vectors are 1 × features, of any arena that the calling thread may use. Running a pass allocates nothing. One thread at a time.
 */
public final class LayerNorm {
    private static final int FEATURES_OF_TASK = 32;
    private static final int TASKS_OF_WORKER = 4;
    private static final String FEATURES_NAME = "features";

    private final int features;
    private final int batch;
    private final float epsilon;
    private final Workers workers;
    private final SampleKernels kernels = Runs.RUNS.kernels().samples();
    private final float[] scales;
    private final float[] shifts;
    private final float[] mean;
    private final float[] inverse;
    private final float[] dScales;
    private final float[] dShifts;
    private final float[][] sums;

    private final WorkerTask forwardTask = this::forward;
    private final WorkerTask gradientTask = this::differentiate;
    private final WorkerTask featureTask = this::sumFeatures;

    /** Samples of the forward pass that a way back may follow; −1 for none. */
    private int kept = -1;

    // What a pass runs on.
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment addend = MemorySegment.NULL;
    private MemorySegment dx = MemorySegment.NULL;
    private int rows;
    private int lanes;
    private int panels;
    private long panelStride;
    private int groupsOfTask = 1;

    private LayerNorm(int features, int batch, float epsilon, Workers workers) {
        this.features = features;
        this.batch = batch;
        this.epsilon = epsilon;
        this.workers = workers;
        scales = new float[features];
        shifts = new float[features];
        dScales = new float[features];
        dShifts = new float[features];
        int places = Math.ceilDiv(batch, 64) * 64;
        mean = new float[places];
        inverse = new float[places];
        sums = new float[workers.threads()][FEATURES_OF_TASK * SampleKernels.SUMS];
    }

    /**
     * Prepares the normalisation of samples.
     *
     * @param features of a sample, at least 1
     * @param batch the most samples, at least 0
     * @param epsilon ε, finite and above 0, usually 1e-5
     * @param workers who computes
     * @return the layer's passes
     * @throws IllegalArgumentException if a number is out of range
     */
    public static LayerNorm prepare(int features, int batch, float epsilon, Workers workers) {
        Check.range("features", features, 1, Integer.MAX_VALUE / 64 - 64);
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 128);
        return new LayerNorm(features, batch, Check.positive("epsilon", epsilon), workers);
    }

    /**
     * Forward, which keeps mean and 1/√(σ² + ε) of each sample for {@link #backward}.
     *
     * @param x samples × features; kept as they are if a way back follows
     * @param scale γ
     * @param shift β
     * @param y of the shape of x, overwritten; may be x if no way back follows
     * @throws IllegalArgumentException if a shape does not fit, or a vector shares memory with y
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void forward(PanelMatrix x, DenseMatrix scale, DenseMatrix shift, PanelMatrix y) {
        check(x);
        Check.same("y", y, "x", x);
        Check.vector("scale", scale, features, FEATURES_NAME);
        Check.vector("shift", shift, features, FEATURES_NAME);
        Check.apart("scale", scale, "y", y);
        Check.apart("shift", shift, "y", y);
        kept = -1; // until all is done
        begin(x);
        this.y = y.segment();
        MemorySegment.copy(scale.segment(), ValueLayout.JAVA_FLOAT, 0, scales, 0, features);
        MemorySegment.copy(shift.segment(), ValueLayout.JAVA_FLOAT, 0, shifts, 0, features);
        Runs.RUNS.run(workers, tasks(), forwardTask, x, y, null, null);
        kept = x.rows();
    }

    /**
     * The way back of the last forward pass, with the scale that it had.
     *
     * @param x what that pass read, unchanged
     * @param dy gradient of y
     * @param dx gradient of x, overwritten; may be dy or x
     * @param dScale gradient of γ, overwritten
     * @param dShift gradient of β, overwritten
     * @throws IllegalArgumentException if a shape does not fit, or a gradient of a vector shares memory with another operand or is read-only
     * @throws IllegalStateException if there was no forward pass of so many samples, or an arena or the workers are closed
     */
    public void backward(PanelMatrix x, PanelMatrix dy, PanelMatrix dx, DenseMatrix dScale, DenseMatrix dShift) {
        backward(x, dy, null, dx, dScale, dShift);
    }

    /**
     * The way back of the last forward pass, and a sum that costs no pass of its own: what a residual block begins with gives the gradient of what passes by it, too.
     *
     * @param x what that pass read, unchanged
     * @param dy gradient of y
     * @param addend what is added to the gradient of x, of the shape of x; null for nothing
     * @param dx gradient of x, overwritten; may be dy, x or the addend
     * @param dScale gradient of γ, overwritten
     * @param dShift gradient of β, overwritten
     * @throws IllegalArgumentException if a shape does not fit, or a gradient of a vector shares memory with another operand or is read-only
     * @throws IllegalStateException if there was no forward pass of so many samples, or an arena or the workers are closed
     */
    public synchronized void backward(
            PanelMatrix x,
            PanelMatrix dy,
            @Nullable PanelMatrix addend,
            PanelMatrix dx,
            DenseMatrix dScale,
            DenseMatrix dShift) {
        check(x);
        Check.same("dy", dy, "x", x);
        Check.same("dx", dx, "x", x);
        if (addend != null) {
            Check.same("addend", addend, "x", x);
            Check.apart("dScale", dScale, "addend", addend);
            Check.apart("dShift", dShift, "addend", addend);
        }
        checkResult("dScale", dScale, x, dy, dx);
        checkResult("dShift", dShift, x, dy, dx);
        Check.apart("dShift", dShift, "dScale", dScale);
        if (kept != x.rows()) {
            throw new IllegalStateException("x.rows: " + x.rows() + " samples, but the last forward pass "
                    + (kept < 0 ? "has not been" : "had " + kept) + "; accepted is a way back of the same batch");
        }
        begin(x);
        this.dy = dy.segment();
        this.dx = dx.segment();
        this.addend = addend == null ? MemorySegment.NULL : addend.segment();
        // First what reads x and dy, either of which dx may be.
        Runs.RUNS.run(workers, Math.ceilDiv(features, FEATURES_OF_TASK), featureTask, x, dy, dx, null);
        Runs.RUNS.run(workers, tasks(), gradientTask, x, dy, dx, addend);
        MemorySegment.copy(dScales, 0, dScale.segment(), ValueLayout.JAVA_FLOAT, 0, features);
        MemorySegment.copy(dShifts, 0, dShift.segment(), ValueLayout.JAVA_FLOAT, 0, features);
    }

    private void forward(int task, int worker) {
        int first = task * groupsOfTask;
        int count = Math.min(groupsOfTask, groupsWithSamples() - first);
        if (count <= 0) {
            return;
        }
        int sample = first * SampleKernels.GROUP;
        kernels.moments(x, offset(first), features, lanes, count, mean, sample, sums[worker]);
        takeMoments(sums[worker], sample, count * SampleKernels.GROUP);
        for (int group = first; group < first + count; group++) {
            int start = group * SampleKernels.GROUP;
            kernels.normalize(
                    x,
                    y,
                    offset(group),
                    features,
                    lanes,
                    Math.min(SampleKernels.GROUP, rows - start),
                    mean,
                    inverse,
                    start,
                    scales,
                    shifts);
        }
    }

    /** Corrects the mean by what deviations from it add up to, and the sum of their squares likewise. */
    private void takeMoments(float[] sums, int sample, int count) {
        for (int i = 0; i < count; i++) {
            float shift = sums[i] / features;
            float squares = sums[count + i] - sums[i] * shift;
            mean[sample + i] += shift;
            inverse[sample + i] = 1 / (float) Math.sqrt(Math.max(squares / features, 0) + epsilon);
        }
    }

    /** Sums to means, the second of them those of normalised values. */
    private void takeMeans(float[] sums, int sample, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] /= features;
            sums[count + i] *= inverse[sample + i] / features;
        }
    }

    private void differentiate(int task, int worker) {
        int first = task * groupsOfTask;
        int count = Math.min(groupsOfTask, groupsWithSamples() - first);
        if (count <= 0) {
            return;
        }
        float[] means = sums[worker];
        int samples = count * SampleKernels.GROUP;
        int sample = first * SampleKernels.GROUP;
        kernels.gradientSums(x, dy, offset(first), features, lanes, count, mean, sample, scales, means);
        takeMeans(means, sample, samples);
        for (int i = 0; i < count; i++) {
            int place = i * SampleKernels.GROUP;
            long offset = offset(first + i);
            kernels.gradient(
                    x,
                    dy,
                    addend,
                    dx,
                    offset,
                    features,
                    lanes,
                    mean,
                    inverse,
                    sample + place,
                    scales,
                    means,
                    place,
                    samples);
        }
    }

    private void sumFeatures(int task, int worker) {
        float[] sum = sums[worker];
        Arrays.fill(sum, 0);
        int first = task * FEATURES_OF_TASK;
        int count = Math.min(FEATURES_OF_TASK, features - first);
        for (int panel = 0; panel < panels; panel++) {
            int sample = panel * lanes;
            int groups = Math.ceilDiv(Math.min(lanes, rows - sample), SampleKernels.GROUP);
            long offset = (panel * panelStride + (long) first * lanes) * Float.BYTES;
            kernels.featureSums(x, dy, offset, count, lanes, groups, mean, inverse, sample, sum);
        }
        for (int i = 0; i < count; i++) {
            dShifts[first + i] = lanesTotal(sum, i * SampleKernels.SUMS);
            dScales[first + i] = lanesTotal(sum, i * SampleKernels.SUMS + SampleKernels.GROUP);
        }
    }

    private static float lanesTotal(float[] sums, int place) {
        double sum = 0;
        for (int lane = 0; lane < SampleKernels.GROUP; lane++) {
            sum += sums[place + lane];
        }
        return (float) sum;
    }

    private int groupsWithSamples() {
        return Math.ceilDiv(rows, SampleKernels.GROUP);
    }

    private int groups() {
        return panels * (lanes / SampleKernels.GROUP);
    }

    private int tasks() {
        return Math.ceilDiv(groups(), groupsOfTask);
    }

    private long offset(int group) {
        int sample = group * SampleKernels.GROUP;
        return (sample / lanes * panelStride + sample % lanes) * Float.BYTES;
    }

    private void begin(PanelMatrix x) {
        this.x = x.segment();
        rows = x.rows();
        lanes = x.lanes();
        panels = x.panels();
        panelStride = x.panelStride();
        // Whole panels, whose lines follow each other, where there are enough of them; samples do not meet anyway.
        groupsOfTask = panels >= TASKS_OF_WORKER * workers.threads() ? lanes / SampleKernels.GROUP : 1;
    }

    private void check(PanelMatrix x) {
        if (x.cols() != features || x.rows() > batch) {
            Check.equal("x.cols", x.cols(), features, FEATURES_NAME);
            Check.range("x.rows", x.rows(), 0, batch);
        }
    }

    private void checkResult(String argument, DenseMatrix vector, PanelMatrix x, PanelMatrix dy, PanelMatrix dx) {
        Check.result(argument, vector, features, FEATURES_NAME);
        Check.apart(argument, vector, "x", x);
        Check.apart(argument, vector, "dy", dy);
        Check.apart(argument, vector, "dx", dx);
    }

    @Override
    public String toString() {
        return "LayerNorm of " + features + " features, batch " + batch + ", epsilon " + epsilon;
    }
}
