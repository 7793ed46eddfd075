package dev.rewire.kernels.panel;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.SampleKernels;
import dev.rewire.kernels.internal.WorkerTask;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a classifier, {@code −log softmax(logits)[class]}, and its gradient, {@code (softmax(logits) − onehot(class))·scale}.
 *
 * <p>The largest logit is subtracted before the exponentials, so none overflows; they are floats, and so are their sums over 64 classes at a time. With u = 2⁻²⁴ a sum of exponentials of n classes, and so each probability,
 * has a relative error of at most {@code (n/64 + 72)·u}. In the gradient a probability below 2⁻⁵³ is 0: that of the class, subtracted from 1, has no digits there either, and a network that fits its data
 * would send ever smaller numbers backwards until they are subnormal. Bits are the same for any number of workers and any width of vectors.
 *
 * <p>A pass allocates nothing. One thread at a time.
 */
public final class SoftmaxLoss {
    private static final double LEAST_PROBABILITY = 0x1p-53;

    /** The class of a row that is no prediction. */
    public static final int NONE = -1;

    private final int classes;
    private final Workers workers;
    private final SampleKernels kernels = Runs.RUNS.kernels().samples();
    private final double[] losses;
    private final boolean[] hits;
    private final float[] largest;
    private final float[] sums;
    private final float[] factors;
    private final float[] least;
    private final double[] ofClass;
    private final float[][] scratch;
    private final WorkerTask task = this::run;

    // What a pass runs on.
    private int[] labels = {};
    private MemorySegment logits = MemorySegment.NULL;
    private MemorySegment gradient = MemorySegment.NULL;
    private int rows;
    private int lanes;
    private long panelStride;
    private double scale;

    private SoftmaxLoss(int batch, int classes, Workers workers) {
        this.classes = classes;
        this.workers = workers;
        int places = Math.ceilDiv(batch, SampleKernels.GROUP) * SampleKernels.GROUP;
        losses = new double[places];
        hits = new boolean[places];
        largest = new float[places];
        sums = new float[places];
        factors = new float[places];
        least = new float[places];
        ofClass = new double[places];
        scratch = new float[workers.threads()][SampleKernels.SCRATCH];
    }

    /**
     * Prepares the loss of predictions.
     *
     * @param batch the most rows, at least 0
     * @param classes at least 1
     * @param workers who computes
     * @return the loss's passes
     * @throws IllegalArgumentException if a number is out of range
     */
    public static SoftmaxLoss prepare(int batch, int classes, Workers workers) {
        Check.range("batch", batch, 0, Integer.MAX_VALUE - 128);
        Check.range("classes", classes, 1, Integer.MAX_VALUE / 64 - 64);
        return new SoftmaxLoss(batch, classes, workers);
    }

    /**
     * Computes losses, and the gradient if it is wanted.
     *
     * @param logits rows × classes
     * @param labels the class of each row, {@link #NONE} for one that is no prediction: its loss and gradient are 0
     * @param rows how many are looked at, from the first
     * @param scale what the gradient is multiplied by, usually one over the number of predictions
     * @param gradient overwritten in these rows, of the shape of the logits; null if it is not wanted. May be the logits
     * @throws IllegalArgumentException if a shape does not fit, or a label is no class
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void run(
            PanelMatrix logits, int[] labels, int rows, double scale, @Nullable PanelMatrix gradient) {
        Check.equal("logits.cols", logits.cols(), classes, "classes");
        Check.range("logits.rows", logits.rows(), 0, losses.length);
        Check.range("rows", rows, 0, logits.rows());
        Check.range("labels.length", labels.length, rows, Integer.MAX_VALUE);
        for (int row = 0; row < rows; row++) {
            if (labels[row] < NONE || labels[row] >= classes) {
                throw new IllegalArgumentException("class " + labels[row] + " of row " + row
                        + " is out of range; accepted are 0 to " + (classes - 1));
            }
        }
        if (gradient != null) {
            Check.same("gradient", gradient, "logits", logits);
        }
        this.labels = labels;
        this.logits = logits.segment();
        this.gradient = gradient == null ? MemorySegment.NULL : gradient.segment();
        this.rows = rows;
        this.scale = scale;
        lanes = logits.lanes();
        panelStride = logits.panelStride();
        Runs.RUNS.run(workers, Math.ceilDiv(rows, SampleKernels.GROUP), task, logits, logits, gradient, null);
    }

    /**
     * The loss of a row in the last pass.
     *
     * @param row which one
     * @return its loss
     */
    public double loss(int row) {
        return losses[row];
    }

    /**
     * Whether the largest logit of a row was at its class in the last pass, the first one where several are largest.
     *
     * @param row which one
     * @return whether it was
     */
    public boolean hit(int row) {
        return hits[row];
    }

    private void run(int group, int worker) {
        int first = group * SampleKernels.GROUP;
        int end = Math.min(first + SampleKernels.GROUP, rows);
        long offset = (first / lanes * panelStride + first % lanes) * Float.BYTES;
        kernels.largest(logits, offset, classes, lanes, largest, first);
        for (int row = first; row < end; row++) {
            int label = labels[row];
            hits[row] = label != NONE && isFirstLargest(label, row);
            losses[row] = label == NONE ? 0 : largest[row] - (double) get(logits, row, label);
        }
        kernels.exponentials(logits, gradient, offset, classes, lanes, largest, sums, first, scratch[worker]);
        for (int row = first; row < end; row++) {
            losses[row] += labels[row] == NONE ? 0 : Math.log(sums[row]);
        }
        if (gradient.address() != 0) {
            differentiate(first, end, offset);
        }
    }

    private boolean isFirstLargest(int label, int row) {
        if (get(logits, row, label) != largest[row]) {
            return false;
        }
        for (int c = 0; c < label; c++) {
            if (get(logits, row, c) == largest[row]) {
                return false;
            }
        }
        return true;
    }

    private void differentiate(int first, int end, long offset) {
        for (int row = first; row < first + SampleKernels.GROUP; row++) {
            boolean counts = row < end && labels[row] != NONE;
            factors[row] = counts ? (float) (scale / sums[row]) : 0;
            least[row] = counts ? (float) (LEAST_PROBABILITY * sums[row]) : Float.POSITIVE_INFINITY;
            ofClass[row] = counts ? get(gradient, row, labels[row]) / (double) sums[row] : 0;
        }
        kernels.scaleFrom(gradient, offset, classes, lanes, factors, least, first);
        for (int row = first; row < end; row++) {
            if (labels[row] != NONE) {
                gradient.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset(row, labels[row]), (float)
                        ((ofClass[row] - 1) * scale));
            }
        }
    }

    private float get(MemorySegment panels, int row, int column) {
        return panels.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset(row, column));
    }

    private long offset(int row, int column) {
        return (row / lanes * panelStride + (long) column * lanes + row % lanes) * Float.BYTES;
    }

    @Override
    public String toString() {
        return "SoftmaxLoss of " + classes + " classes, batch " + losses.length;
    }
}
