package dev.rewire.kernels.internal.scalar;

import static dev.rewire.kernels.internal.scalar.HeapPanel.FIRST;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import java.util.Arrays;

/**
 * One output for the samples of a panel: what its sums start from, the products in order, and what finished sums become.
 *
 * @param lanes samples of a panel
 * @param start what the sums start from
 * @param end what happens to finished sums
 */
record OutputSums(int lanes, Start start, End end) {
    /** Computes and stores an output whose products the operands hold. */
    void run(int output, int products, ScalarOperands at) {
        long offset = at.outputOffset + output * at.outputStride;
        start(output, offset, at);
        addProducts(at.sums, at.weights, at.features, at.samples.features(), products, at.count);
        finish(at.maskOffset + (long) output * lanes * Float.BYTES, at);
        HeapPanel.write(at.sums, at.output, offset, at.count);
    }

    private void start(int output, long offset, ScalarOperands at) {
        if (start.readsOutput()) {
            HeapPanel.read(at.addend.address() == 0 ? at.output : at.addend, offset, at.sums, at.count);
        } else {
            Arrays.fill(at.sums, 0);
        }
        if (start.readsBias()) {
            float bias = at.bias.get(JAVA_FLOAT_UNALIGNED, (long) output * Float.BYTES);
            for (int lane = FIRST; lane < FIRST + at.count; lane++) {
                at.sums[lane] += bias;
            }
        }
    }

    private static void addProducts(
            float[] sums, float[] weights, int[] features, float[][] samples, int products, int count) {
        int k = 0;
        for (; k + 3 < products; k += 4) {
            addFour(
                    sums,
                    weights[k],
                    samples[features[k]],
                    weights[k + 1],
                    samples[features[k + 1]],
                    weights[k + 2],
                    samples[features[k + 2]],
                    weights[k + 3],
                    samples[features[k + 3]],
                    count);
        }
        for (; k < products; k++) {
            addOne(sums, weights[k], samples[features[k]], count);
        }
    }

    /** Four products for each time that a sum is loaded and stored; of eight C2 makes no vectors. */
    private static void addFour(
            float[] sums,
            float w0,
            float[] x0,
            float w1,
            float[] x1,
            float w2,
            float[] x2,
            float w3,
            float[] x3,
            int count) {
        for (int lane = FIRST - 1; lane < FIRST + count; lane++) {
            sums[lane] = sums[lane] + w0 * x0[lane] + w1 * x1[lane] + w2 * x2[lane] + w3 * x3[lane];
        }
    }

    private static void addOne(float[] sums, float w, float[] x, int count) {
        for (int lane = FIRST - 1; lane < FIRST + count; lane++) {
            sums[lane] += w * x[lane];
        }
    }

    private void finish(long maskOffset, ScalarOperands at) {
        switch (end) {
            case STORE -> {}
            case RELU -> {
                for (int lane = FIRST; lane < FIRST + at.count; lane++) {
                    at.sums[lane] = Math.max(at.sums[lane], 0);
                }
            }
            case MASK -> {
                HeapPanel.read(at.mask, maskOffset, at.masks, at.count);
                for (int lane = FIRST; lane < FIRST + at.count; lane++) {
                    at.sums[lane] = at.masks[lane] > 0 ? at.sums[lane] : 0;
                }
            }
        }
    }
}
