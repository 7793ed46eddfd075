package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * Softmax of attention, lane by lane: a lane is a query, and down the features of a panel are its keys. Lane i sees the first {@code min(keys, seen + i)} of them. Each lane's
 * operations and their order are the same in all providers, so that their bits are, too.
 */
public interface SoftmaxKernels {
    /** Parts of a sum of {@link #backward}, of keys whose numbers have the same remainder, so that an addition need not wait for the last: ((0 + 1) + (2 + 3)). */
    int CHAINS = 4;

    /**
     * Weights from scores, in place: {@code exp(scale·(score − largest))}, divided by their sum, for keys that a lane sees; 0 for others, whatever their scores are.
     *
     * @param scores kernel memory, the first key at its start
     * @param lanes from one key to the next
     * @param samples lanes that are computed, at least; what becomes of the others is the kernel's own affair
     * @param keys how many, at least 1
     * @param seen keys that lane 0 sees, 1 to {@code keys}
     * @param scale above 0
     */
    void forward(MemorySegment scores, int lanes, int samples, int keys, int seen, float scale);

    /**
     * The gradient of the scores from that of the weights, in place: {@code scale·p·(dp − Σ p·dp) + 0}, and 0 for keys that a lane does not see.
     *
     * @param weights p, as {@link #forward} left them
     * @param gradients dp, which lie alike
     * @param lanes from one key to the next
     * @param samples lanes that are computed, at least
     * @param keys how many, at least 1
     * @param seen keys that lane 0 sees, 1 to {@code keys}
     * @param scale above 0
     */
    void backward(
            MemorySegment weights, MemorySegment gradients, int lanes, int samples, int keys, int seen, float scale);
}
