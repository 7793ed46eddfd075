package dev.rewire.training.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import java.lang.foreign.MemorySegment;

/**
 * The loss of a classifier of samples or of tokens, {@code −log softmax(logits)[class]}, and the gradient of its mean, {@code (softmax(logits) − onehot(class)) / predictions}. The
 * largest logit is subtracted before the exponentials, so none overflows. Lanes behind the last sample are not touched; the gradient of padded tokens is 0.
 *
 * <p>In the gradient, a probability below 2⁻⁵³ is 0: that of the class, subtracted from 1, has no digits there either. Otherwise a network that fits its
 * data sends ever smaller numbers backwards until they are subnormal, with which many processors compute 10 to 30 times as slowly.
 *
 * <p>The result has the same bits for any number of workers.
 */
public final class SoftmaxCrossEntropy implements Loss {
    private static final double LEAST_PROBABILITY = 0x1p-53;

    private final LossRows rows;
    private final int[] classes;
    private final double[] losses;
    private final boolean[] hits;
    private final double[][] exponentials;
    private double lossSum;
    private long predictions;
    private long correct;

    // What the rows are computed with.
    private int[] labels;
    private boolean withGradient;
    private double all;
    private final LossRows.RowTask rowTask = this::row;

    /**
     * A loss.
     *
     * @param output the logits, of features or tokens; where the gradient goes, too
     * @param workers who computes
     * @throws dev.rewire.training.setting.InvalidConfigException if the output is an image
     */
    public SoftmaxCrossEntropy(Activations output, Workers workers) {
        this(new LossRows("softmax cross-entropy", output, workers));
    }

    private SoftmaxCrossEntropy(LossRows rows) {
        this.rows = rows;
        int count = rows.output().rows();
        classes = new int[count];
        labels = classes;
        losses = new double[count];
        hits = new boolean[count];
        exponentials = new double[rows.tasks()][rows.output().cols()];
    }

    /**
     * The classes, which are written before each call: that of row r of the output at place r.
     *
     * @return the array itself, of as many places as the output has rows; those of padded tokens are not read
     */
    public int[] classes() {
        return classes;
    }

    /**
     * Computes loss and hits of the first samples, leaving the gradient alone.
     *
     * @param labels the class of each row of the output
     * @param samples how many, at most the batch
     */
    public void measure(int[] labels, int samples) {
        run(labels, samples, false);
    }

    @Override
    public void measure(int samples) {
        run(classes, samples, false);
    }

    /**
     * Computes loss, hits and gradient of the whole batch.
     *
     * @param labels the class of each row of the output
     */
    public void differentiate(int[] labels) {
        run(labels, rows.samples(), true);
    }

    @Override
    public void differentiate() {
        run(classes, rows.samples(), true);
    }

    private void run(int[] labels, int samples, boolean withGradient) {
        predictions = rows.predictions(samples);
        this.labels = labels;
        this.withGradient = withGradient;
        all = rows.predictions(rows.samples());
        rows.forEach(samples, rowTask);
        if (withGradient) {
            rows.handOver();
        }
        lossSum = rows.sum(losses, samples);
        correct = 0;
        for (int row = 0; row < classes.length; row++) {
            correct += hits[row] ? 1 : 0;
            hits[row] = false;
        }
    }

    private void row(int row, int task) {
        int label = labels[row];
        double[] powers = exponentials[task];
        long offset = rows.offset(row);
        long stride = rows.stride();
        MemorySegment values = rows.output().segment();
        MemorySegment gradient = rows.gradient().segment();
        int count = rows.output().cols();
        if (!rows.isPrediction(row)) {
            losses[row] = 0;
            for (int c = 0; withGradient && c < count; c++) {
                gradient.set(JAVA_FLOAT_UNALIGNED, offset + c * stride, 0);
            }
            return;
        }
        if (label < 0 || label >= count) {
            throw new IllegalArgumentException(
                    "class " + label + " of row " + row + " is out of range; accepted are 0 to " + (count - 1));
        }
        int best = 0;
        float largest = values.get(JAVA_FLOAT_UNALIGNED, offset);
        for (int c = 1; c < count; c++) {
            float logit = values.get(JAVA_FLOAT_UNALIGNED, offset + c * stride);
            if (logit > largest) {
                largest = logit;
                best = c;
            }
        }
        double sum = 0;
        for (int c = 0; c < count; c++) {
            double power = Math.exp(values.get(JAVA_FLOAT_UNALIGNED, offset + c * stride) - largest);
            powers[c] = power;
            sum += power;
        }
        losses[row] = Math.log(sum) - (values.get(JAVA_FLOAT_UNALIGNED, offset + label * stride) - largest);
        hits[row] = best == label;
        for (int c = 0; withGradient && c < count; c++) {
            double probability = powers[c] / sum;
            double difference = probability < LEAST_PROBABILITY ? 0 : probability;
            difference -= c == label ? 1 : 0;
            gradient.set(JAVA_FLOAT_UNALIGNED, offset + c * stride, (float) (difference / all));
        }
    }

    @Override
    public double lossSum() {
        return lossSum;
    }

    @Override
    public long predictions() {
        return predictions;
    }

    /** {@return how many predictions of the last call have their largest logit at their class, the first one where several are largest} */
    @Override
    public long correct() {
        return correct;
    }

    @Override
    public boolean classifies() {
        return true;
    }
}
