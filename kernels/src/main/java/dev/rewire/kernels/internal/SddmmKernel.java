package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** The gradient of a range of blocks, summed over the whole batch. */
public interface SddmmKernel {
    /** Bytes of scratch that one worker needs. */
    long scratchBytes();

    /**
     * Computes blocks: element (i, j) of a block is the sum over the batch of gradient feature {@code rowStarts + i} times input feature
     * {@code colStarts + j}.
     *
     * @param rowStarts for each block its first row: a feature of the gradient
     * @param colStarts for each block its first column: a feature of the input
     * @param firstBlock first block
     * @param endBlock block after the last
     * @param panels panels of the batch
     * @param gradient panels of the output's gradient
     * @param gradientStride bytes from one panel to the next
     * @param gradientFeature bytes from one feature to the next
     * @param input panels of the input
     * @param inputStride bytes from one panel to the next
     * @param inputFeature bytes from one feature to the next
     * @param values what is written, block 0 at its start
     * @param scratch memory of this worker, 64-byte aligned
     */
    void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            long gradientFeature,
            MemorySegment input,
            long inputStride,
            long inputFeature,
            MemorySegment values,
            MemorySegment scratch);
}
