package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SoftmaxKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Softmax, one lane after the other. */
final class ScalarSoftmax implements SoftmaxKernels {
    @Override
    public void forward(MemorySegment scores, int lanes, int samples, int keys, int seen, float scale) {
        for (int lane = 0; lane < samples; lane++) {
            int end = Math.min(keys, seen + lane);
            float largest = Float.NEGATIVE_INFINITY;
            for (int key = 0; key < end; key++) {
                float score = scores.getAtIndex(JAVA_FLOAT_UNALIGNED, (long) key * lanes + lane);
                largest = largest < score ? score : largest;
            }
            float sum = 0;
            for (int key = 0; key < end; key++) {
                long at = (long) key * lanes + lane;
                float e =
                        ScalarActivation.expOfNegative((scores.getAtIndex(JAVA_FLOAT_UNALIGNED, at) - largest) * scale);
                sum += e;
                scores.setAtIndex(JAVA_FLOAT_UNALIGNED, at, e);
            }
            float inverse = 1 / sum;
            for (int key = 0; key < keys; key++) {
                long at = (long) key * lanes + lane;
                float weight = key < end ? scores.getAtIndex(JAVA_FLOAT_UNALIGNED, at) * inverse : 0;
                scores.setAtIndex(JAVA_FLOAT_UNALIGNED, at, weight);
            }
        }
    }

    @Override
    public void backward(
            MemorySegment weights, MemorySegment gradients, int lanes, int samples, int keys, int seen, float scale) {
        float[] sums = new float[CHAINS];
        for (int lane = 0; lane < samples; lane++) {
            int end = Math.min(keys, seen + lane);
            Arrays.fill(sums, 0);
            for (int key = 0; key < end; key++) {
                long at = (long) key * lanes + lane;
                sums[key % CHAINS] +=
                        weights.getAtIndex(JAVA_FLOAT_UNALIGNED, at) * gradients.getAtIndex(JAVA_FLOAT_UNALIGNED, at);
            }
            float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
            for (int key = 0; key < keys; key++) {
                long at = (long) key * lanes + lane;
                float gradient = key < end
                        ? weights.getAtIndex(JAVA_FLOAT_UNALIGNED, at)
                                        * (gradients.getAtIndex(JAVA_FLOAT_UNALIGNED, at) - sum)
                                        * scale
                                + 0f // where a weight is 0, that zero has no sign
                        : 0;
                gradients.setAtIndex(JAVA_FLOAT_UNALIGNED, at, gradient);
            }
        }
    }
}
