package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import java.util.function.IntUnaryOperator;

/**
 * How the items of blocks that nothing but the cache saves from fetching samples anew, as those of one output, are cut into chunks of inputs that all outputs of a task walk before the next, so that the first-level cache keeps a part of
 * their samples from output to output.
 */
final class InputChunks {
    /** With 64 samples each they fill the first-level cache. */
    private static final int CHUNK_INPUTS = Math.clamp(CacheSizes.L1 / (64 * Float.BYTES), 16, 1024);

    /** Inputs that an output multiplies in a chunk at least, on average; fewer would cost more in sums that are stored and loaded again. */
    private static final int CHUNK_STEPS = 25;

    private final int inputs;
    private final int steps;
    private final int inputsOfChunk;
    private final int leastSteps;
    private int[] cuts = new int[0];
    private int count = 1;

    /**
     * One chunk, until {@link #cut}.
     *
     * @param inputs features of a sample
     * @param steps inputs of an item
     * @param inputsOfChunk inputs of a chunk at most, unless there would be too few
     * @param leastSteps inputs that an output multiplies in a chunk at least, on average
     */
    InputChunks(int inputs, int steps, int inputsOfChunk, int leastSteps) {
        this.inputs = inputs;
        this.steps = steps;
        this.inputsOfChunk = inputsOfChunk;
        this.leastSteps = leastSteps;
    }

    /** Of inputs in panels; one if there may not be more. */
    static InputChunks ofPanels(int inputs, int steps, boolean possible) {
        return new InputChunks(inputs, steps, possible ? CHUNK_INPUTS : Math.max(1, inputs), CHUNK_STEPS);
    }

    long heldBytes() {
        return (long) Integer.BYTES * cuts.length;
    }

    /** How many chunks there are. */
    int count() {
        return count;
    }

    /**
     * Cuts the items of each group where inputs pass a multiple of a share of them all.
     *
     * @param offsets for each group its first item, and the number of items at the end
     * @param inputOfItem the input of an item
     * @return the cuts, as {@code SpmmIndex} describes them
     */
    int[] cut(int[] offsets, IntUnaryOperator inputOfItem) {
        int groups = offsets.length - 1;
        int most = groups > 0 ? (int) ((long) offsets[groups] * steps / groups / leastSteps) : 1;
        count = Math.max(1, Math.min((inputs + inputsOfChunk - 1) / inputsOfChunk, most));
        if (count == 1) {
            return offsets;
        }
        int share = (inputs + count - 1) / count;
        if (cuts.length < (count + 1) * groups) {
            cuts = new int[(count + 1) * groups];
        }
        for (int group = 0; group < groups; group++) {
            int item = offsets[group];
            for (int chunk = 0; chunk < count; chunk++) {
                cuts[chunk * groups + group] = item;
                while (item < offsets[group + 1] && inputOfItem.applyAsInt(item) < (chunk + 1L) * share) {
                    item++;
                }
            }
            cuts[count * groups + group] = offsets[group + 1];
        }
        return cuts;
    }
}
