package dev.rewire.kernels.internal.scalar;

import dev.rewire.kernels.internal.SpmmOperands;

/** What a worker's scalar kernels have on the heap. */
final class ScalarOperands extends SpmmOperands {
    private static final int MOST_LANES = 64;

    /** The samples of inputs. */
    final HeapPanel samples = new HeapPanel();

    /** The sums of one output, a lane each. */
    final float[] sums = HeapPanel.lanes(MOST_LANES);

    /** The mask of one output. */
    final float[] masks = HeapPanel.lanes(MOST_LANES);

    /** The weights of one output. */
    float[] weights = {};

    /** For each of the weights the input that it is multiplied by. */
    int[] features = {};

    /** Makes room for the products of an output. */
    void reserve(int products) {
        if (weights.length < products) {
            weights = new float[products];
            features = new int[products];
        }
    }

    /** Takes an input for the next product; its samples are at hand then. */
    void multiplyBy(int product, int feature, int lanes) {
        samples.need(feature, input, inputOffset, inputStride, lanes);
        features[product] = feature;
    }
}
