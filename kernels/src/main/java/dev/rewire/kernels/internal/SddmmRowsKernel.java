package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** The gradient of single elements, of some inputs and row after row, summed over some panels. */
public interface SddmmRowsKernel {
    /** Panels whose samples are multiplied before those of the next. */
    int panelsAtOnce();

    /** Bytes of scratch that one worker needs. */
    long scratchBytes();

    /**
     * Computes elements from {@code firstElement} to {@code endElement}: of each row those from {@code starts[row + from]} to {@code starts[row + to]}.
     *
     * @param starts where the elements of rows and some inputs begin
     * @param narrowCols for each element its input, or empty where that takes 32 bits
     * @param wideCols for each element its input, or empty where there are narrow ones
     * @param from where in {@code starts} the elements of row 0 begin
     * @param to where in {@code starts} the elements of row 0 end
     * @param firstRow first row
     * @param endRow row after the last
     * @param firstElement first element, of the first row
     * @param endElement element after the last, which is of the row before {@code endRow}
     * @param panels panels, at least one
     * @param gradient panels of the output's gradient
     * @param gradientStride bytes from one panel to the next
     * @param input panels of the input
     * @param inputStride bytes from one panel to the next
     * @param sums what is written: the elements one after the other
     * @param firstSum where in {@code sums} the first one lies
     * @param add whether they are added to what is there
     * @param scratch memory of this worker, 64-byte aligned
     */
    void run(
            int[] starts,
            char[] narrowCols,
            int[] wideCols,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            MemorySegment input,
            long inputStride,
            MemorySegment sums,
            long firstSum,
            boolean add,
            MemorySegment scratch);
}
