package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * Where the operands of one panel lie: segments of kernel memory and byte offsets into them. Mutable, one per worker, so that running a
 * plan allocates nothing. A provider may add memory of its own.
 */
public class SpmmOperands {
    /** Whose operands these are, from 0. */
    public int worker;

    /** Samples of this panel; the lanes behind them may hold anything afterwards. */
    public int count;

    /** The values of the blocks. */
    public MemorySegment values = MemorySegment.NULL;

    /** Where those of block 0 lie, in bytes. */
    public long valuesOffset;

    /** One float per output. */
    public MemorySegment bias = MemorySegment.NULL;

    /** The panels of the input. */
    public MemorySegment input = MemorySegment.NULL;

    /** Where feature 0 of this panel of the input lies. */
    public long inputOffset;

    /** Bytes from one feature of the input to the next. */
    public long inputStride;

    /** The panels of the output. */
    public MemorySegment output = MemorySegment.NULL;

    /** Where feature 0 of this panel of the output lies, or would lie: less than 0 if the output holds later features only. */
    public long outputOffset;

    /** Bytes from one feature of the output to the next. */
    public long outputStride;

    /** The panels that sums start from where they start from an output, placed as those of the output; NULL for the output itself. */
    public MemorySegment addend = MemorySegment.NULL;

    /** The panels of the mask. */
    public MemorySegment mask = MemorySegment.NULL;

    /** Where feature 0 of this panel of the mask lies. */
    public long maskOffset;
}
