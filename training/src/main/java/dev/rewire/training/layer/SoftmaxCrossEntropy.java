package dev.rewire.training.layer;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.PanelMatrix;
import java.lang.foreign.MemorySegment;

/**
 * The loss of a classifier, {@code −log softmax(logits)[label]}, and its gradient, {@code (softmax(logits) − onehot(label)) / batch}. The
 * largest logit is subtracted before the exponentials, so none overflows. Lanes behind the last sample are not touched.
 *
 * <p>In the gradient, a probability below 2⁻⁵³ is 0: that of the label, subtracted from 1, has no digits there either. Otherwise a network that fits its
 * data sends ever smaller numbers backwards until they are subnormal, with which many processors compute 10 to 30 times as slowly.
 */
public final class SoftmaxCrossEntropy {
    private static final double LEAST_PROBABILITY = 0x1p-53;

    private final PanelMatrix logits;
    private final PanelMatrix gradient;
    private final double[] exponentials;
    private double lossSum;
    private int correct;

    /**
     * A loss.
     *
     * @param logits what it is of
     * @param gradient where its gradient goes, of the same shape
     */
    public SoftmaxCrossEntropy(PanelMatrix logits, PanelMatrix gradient) {
        this.logits = logits;
        this.gradient = gradient;
        this.exponentials = new double[logits.cols()];
    }

    /**
     * Computes loss and hits of the first samples, leaving the gradient alone.
     *
     * @param labels their classes
     * @param samples how many, at most the batch
     */
    public void measure(int[] labels, int samples) {
        run(labels, samples, false);
    }

    /**
     * Computes loss, hits and gradient of the whole batch.
     *
     * @param labels the classes
     */
    public void differentiate(int[] labels) {
        run(labels, logits.rows(), true);
    }

    private void run(int[] labels, int samples, boolean withGradient) {
        lossSum = 0;
        correct = 0;
        for (int sample = 0; sample < samples; sample++) {
            int panel = sample / logits.lanes();
            long offset = (panel * logits.panelStride() + sample % logits.lanes()) * Float.BYTES;
            sample(offset, labels[sample], withGradient);
        }
    }

    private void sample(long offset, int label, boolean withGradient) {
        MemorySegment values = logits.segment();
        long stride = (long) logits.lanes() * Float.BYTES;
        int classes = exponentials.length;
        int best = 0;
        float largest = values.get(JAVA_FLOAT_UNALIGNED, offset);
        for (int c = 1; c < classes; c++) {
            float logit = values.get(JAVA_FLOAT_UNALIGNED, offset + c * stride);
            if (logit > largest) {
                largest = logit;
                best = c;
            }
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            double exponential = Math.exp(values.get(JAVA_FLOAT_UNALIGNED, offset + c * stride) - largest);
            exponentials[c] = exponential;
            sum += exponential;
        }
        lossSum += Math.log(sum) - (values.get(JAVA_FLOAT_UNALIGNED, offset + label * stride) - largest);
        correct += best == label ? 1 : 0;
        if (withGradient) {
            int batch = logits.rows();
            for (int c = 0; c < classes; c++) {
                double probability = exponentials[c] / sum;
                double difference = probability < LEAST_PROBABILITY ? 0 : probability;
                difference -= c == label ? 1 : 0;
                gradient.segment().set(JAVA_FLOAT_UNALIGNED, offset + c * stride, (float) (difference / batch));
            }
        }
    }

    /** {@return the sum of the losses of the samples of the last call} */
    public double lossSum() {
        return lossSum;
    }

    /** {@return how many samples of the last call have their largest logit at their label, the first one where several are largest} */
    public int correct() {
        return correct;
    }
}
