package dev.rewire.kernels.internal;

import dev.rewire.kernels.Activation;
import java.lang.foreign.MemorySegment;

/**
 * Element-wise loops over floats {@code from} to {@code to} of panels, a multiple of 16 of them, which are at the same places of each operand. What is written may
 * be one of the operands that are read. Zeros stay zeros.
 */
public interface PanelKernels {
    /** {@code y = a + b}, or {@code max(a + b, 0)}. */
    void add(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to, boolean relu);

    /** {@code y = x} where mask > 0 and 0 elsewhere, or {@code y += x} there. */
    void copyMasked(MemorySegment x, MemorySegment mask, MemorySegment y, long from, long to, boolean add);

    /** {@code y = activation(x)}. */
    void activate(MemorySegment x, MemorySegment y, long from, long to, Activation activation);

    /** {@code y = activation(x)} and {@code slope = activation'(x)}, of those that are smooth. */
    void activate(MemorySegment x, MemorySegment y, MemorySegment slope, long from, long to, Activation activation);

    /** {@code y = a·b}. */
    void multiply(MemorySegment a, MemorySegment b, MemorySegment y, long from, long to);

    /** {@code dx = dy·activation'(x)}. */
    void activationGradient(
            MemorySegment x, MemorySegment dy, MemorySegment dx, long from, long to, Activation activation);

    /**
     * {@code y = scale·x} where {@link DropoutHash} keeps an element, 0 elsewhere.
     *
     * @param x kernel memory
     * @param y kernel memory
     * @param from the first float of the first feature
     * @param firstFeature its number
     * @param features how many
     * @param lanes samples of a panel
     * @param firstSample number of the first one
     * @param key {@link DropoutHash#key}
     * @param threshold {@link DropoutHash#threshold}
     * @param scale of what is kept
     */
    void drop(
            MemorySegment x,
            MemorySegment y,
            long from,
            int firstFeature,
            int features,
            int lanes,
            int firstSample,
            long key,
            int threshold,
            float scale);
}
