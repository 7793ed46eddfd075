package dev.rewire.kernels.internal;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;

/**
 * Element-wise loops over floats {@code from} to {@code to} of native segments of any arena, and sums along a panel. Weights, velocities and
 * first moments that come out below {@link #TINY} are zero.
 */
public interface ElementwiseKernels {
    /**
     * What an optimiser takes for zero. Far above the subnormals, because a rate or a decay as factor must not lead down to them: on Intel's processors
     * an operation with a subnormal takes some hundred cycles. Far below what moves a weight.
     */
    float TINY = 0x1p-100f;

    /** {@code w −= rate·(gradient + decay·w)}. */
    void descend(MemorySegment weights, MemorySegment gradients, long from, long to, float rate, float decay);

    /** {@code g = gradient + decay·w; v = momentum·v + g; w −= rate·(nesterov ? g + momentum·v : v)}. */
    void sgd(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment velocity,
            long from,
            long to,
            float rate,
            float momentum,
            boolean nesterov,
            float decay);

    /**
     * {@code g = gradient + l2·w; m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²; w −= rate·correction1·m / (√(v·correction2) + ε) + rate·decay·w}.
     * Where v is no normal float, both moments are zero: m alone would be divided by ε.
     */
    void adam(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            long from,
            long to,
            float rate,
            float beta1,
            float beta2,
            float epsilon,
            float correction1,
            float correction2,
            float l2,
            float decay);

    /** {@code y = activation(scale·y)}. */
    void activate(MemorySegment y, long from, long to, float scale, Activation activation);

    /**
     * Sums of features over the batch.
     *
     * @param panels kernel memory
     * @param panelStride bytes from one panel to the next
     * @param panelCount panels
     * @param lanes samples of a panel
     * @param fromFeature first feature
     * @param toFeature feature after the last
     * @param sums one float per feature, feature 0 at its start
     */
    void sumOverBatch(
            MemorySegment panels,
            long panelStride,
            int panelCount,
            int lanes,
            int fromFeature,
            int toFeature,
            MemorySegment sums);

    /**
     * Brings values to their places among zeros, line by line of 16 places.
     *
     * @param values one after the other
     * @param starts for each line its first value
     * @param masks for each line a bit for each place that has one
     * @param from first line
     * @param to line after the last
     * @param dense what is overwritten, line after line
     */
    void expand(MemorySegment values, int[] starts, short[] masks, int from, int to, MemorySegment dense);

    /**
     * The way back: of lines of 16 places, those that have a value.
     *
     * @param dense the lines, one after the other
     * @param offset bytes to line {@code from}
     * @param starts for each line its first value
     * @param masks for each line a bit for each place that has one
     * @param from first line
     * @param to line after the last
     * @param values what is written, one after the other
     * @param add whether places are added to what the values hold
     */
    void compress(
            MemorySegment dense,
            long offset,
            int[] starts,
            short[] masks,
            int from,
            int to,
            MemorySegment values,
            boolean add);

    /** Lines of 16 places that share their selectors. */
    int LINES = 4;

    /**
     * Of each of those, the places of a line that have a value, one after the other, in four bits each: those of the first line lowest in a short, 16 shorts.
     */
    int SELECTOR_BYTES = 32;

    /**
     * The same as {@link #compress}, but values are overwritten 16 at a time: what lies behind those of a line is undefined, unless a later line writes it.
     *
     * @param dense the lines, one after the other, line {@code from} at its start
     * @param starts for each line its first value
     * @param masks for each line a bit for each place that has one
     * @param selectors for each {@link #LINES} of them the places, once more
     * @param from first line, a multiple of {@link #LINES}
     * @param to line after the last, another one
     * @param values what is written, one after the other; there are 16 from the start of each line on
     */
    void compressWhole(
            MemorySegment dense,
            int[] starts,
            short[] masks,
            MemorySegment selectors,
            int from,
            int to,
            MemorySegment values);

    /**
     * Copies values of 16 bits as floats.
     *
     * @param values kernel memory
     * @param type how they are stored
     * @param from first value
     * @param to value after the last
     * @param floats kernel memory: value 0 at its start
     */
    void widen(MemorySegment values, ValueType type, long from, long to, MemorySegment floats);
}
