package dev.rewire.training.loss;

import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.SoftmaxLoss;
import dev.rewire.training.layer.Activations;

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
    private final LossRows rows;
    private final SoftmaxLoss loss;
    private final int[] classes;

    /** The classes of a pass, none for rows that are no predictions. */
    private final int[] known;

    private double lossSum;
    private long predictions;
    private long correct;

    /**
     * A loss.
     *
     * @param output the logits, of features or tokens; where the gradient goes, too
     * @param workers who computes
     * @throws dev.rewire.training.setting.InvalidConfigException if the output is an image
     */
    public SoftmaxCrossEntropy(Activations output, Workers workers) {
        rows = new LossRows("softmax cross-entropy", output, workers);
        int count = rows.output().rows();
        loss = SoftmaxLoss.prepare(count, rows.output().cols(), workers);
        classes = new int[count];
        known = new int[count];
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
        int count = rows.rows(samples);
        for (int row = 0; row < count; row++) {
            known[row] = rows.isPrediction(row) ? classOf(labels, row) : SoftmaxLoss.NONE;
        }
        double scale = 1 / (double) rows.predictions(rows.samples());
        loss.run(rows.output(), known, count, scale, withGradient ? rows.gradient() : null);
        if (withGradient) {
            rows.handOver();
        }
        lossSum = 0;
        correct = 0;
        for (int row = 0; row < count; row++) {
            lossSum += loss.loss(row);
            correct += loss.hit(row) ? 1 : 0;
        }
    }

    private int classOf(int[] labels, int row) {
        int label = labels[row];
        int count = rows.output().cols();
        if (label < 0 || label >= count) {
            throw new IllegalArgumentException(
                    "class " + label + " of row " + row + " is out of range; accepted are 0 to " + (count - 1));
        }
        return label;
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
