package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** An SpMM of one sample, whose inputs and outputs lie next to each other. */
public interface SpmvKernel {
    /** Tasks of {@link #prepare}. */
    default int preparations() {
        return 0;
    }

    /**
     * Does a part of what comes before any output.
     *
     * @param task which part
     * @param values the values of the blocks
     * @param sample one float per input
     * @param inputs the same in kernel memory, with room for {@link #inputFloats} of them
     */
    default void prepare(int task, MemorySegment values, float[] sample, MemorySegment inputs) {}

    /**
     * Floats that {@code inputs} have room for at least.
     *
     * @param inputs of a sample
     */
    default long inputFloats(int inputs) {
        return inputs;
    }

    /**
     * Bytes of scratch that one worker needs.
     *
     * @param outputs of a task at most
     */
    long scratchBytes(int outputs);

    /**
     * Computes the outputs of some groups.
     *
     * @param index the pattern
     * @param firstGroup first group
     * @param endGroup group after the last
     * @param values the values of the blocks
     * @param inputs one float per input, or what preparations made of them
     * @param sample one float per input
     * @param scratch of this worker: the first floats become the outputs, that of the first group first
     */
    void run(
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            MemorySegment values,
            MemorySegment inputs,
            float[] sample,
            MemorySegment scratch);
}
