package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** The forward product of one sample and rows of blocks whose values are brought to lines of 16 places, of which each row has as many. */
public interface LineKernel {
    /** Floats of the inputs that it reads. */
    long inputFloats(int linesOfRow);

    /** Copies inputs to where the places of lines want them. */
    void copyInputs(float[] sample, MemorySegment inputs);

    /** Bytes of scratch for some grid rows. */
    long scratchBytes(int rows);

    /**
     * Computes some grid rows.
     *
     * @param records {@link LineRecord}s, row of four grid rows after row
     * @param linesOfRow lines of a grid row
     * @param firstRow first grid row
     * @param endRow grid row after the last
     * @param values the values of the blocks, 16 and more
     * @param inputs what was copied
     * @param scratch of this worker: the first floats become the outputs
     */
    void run(
            MemorySegment records,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            MemorySegment inputs,
            MemorySegment scratch);
}
