package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * The gradient of blocks that are whole vectors, while their rows are parts of one, over a few samples: a block is the product of the inputs of its columns and the gradients of
 * its rows, both repeated to its lanes before.
 */
public interface WholeBlockSddmmKernel {
    /** Samples that are added up at once. */
    int samples();

    /** Bytes of the repeated inputs of a column of blocks. */
    long inputBytes();

    /** Bytes of the repeated gradients of a row of blocks. */
    long gradientBytes();

    /** Floats behind the last feature of a sample, which may be read. */
    int margin();

    /**
     * Repeats inputs.
     *
     * @param samples as many as are added up at once, features next to each other
     * @param offset bytes to the first
     * @param sampleBytes from one to the next
     * @param first first column of blocks
     * @param end column of blocks after the last
     * @param inputs what is written, of all columns
     */
    void repeatInputs(MemorySegment samples, long offset, long sampleBytes, int first, int end, MemorySegment inputs);

    /**
     * Repeats gradients.
     *
     * @param samples as many as are added up at once, features next to each other
     * @param offset bytes to the first
     * @param sampleBytes from one to the next
     * @param first first row of blocks
     * @param end row of blocks after the last
     * @param gradients what is written, of all rows
     */
    void repeatGradients(
            MemorySegment samples, long offset, long sampleBytes, int first, int end, MemorySegment gradients);

    /**
     * Computes blocks of some rows of blocks.
     *
     * @param starts holds for each row its first block at {@code from}, and the one after its last at {@code to}
     * @param from the place of row 0
     * @param to the place of row 0
     * @param firstRow first row of blocks
     * @param endRow row of blocks after the last
     * @param colStarts for each block its first column
     * @param add whether products are added to the values
     * @param gradients repeated gradients
     * @param inputs repeated inputs
     * @param values what is written, block 0 at its start
     */
    void run(
            int[] starts,
            int from,
            int to,
            int firstRow,
            int endRow,
            int[] colStarts,
            boolean add,
            MemorySegment gradients,
            MemorySegment inputs,
            MemorySegment values);
}
