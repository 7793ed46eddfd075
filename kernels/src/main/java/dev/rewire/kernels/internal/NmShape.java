package dev.rewire.kernels.internal;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;

/**
 * What an SpMM kernel is specialised for whose weights are N:M. A group of outputs is rows that keep the same places.
 *
 * @param n elements kept of M
 * @param m a power of two
 * @param indexBits bits of a packed index
 * @param outputs rows of a group
 * @param rowGroups how often M elements a row has
 * @param lanes samples of a panel
 * @param samples of them, those that are computed at least
 * @param type how the values are stored
 * @param start what the sums start from
 * @param end what happens to finished sums
 */
public record NmShape(
        int n,
        int m,
        int indexBits,
        int outputs,
        int rowGroups,
        int lanes,
        int samples,
        ValueType type,
        Start start,
        End end) {
    /** An input's place in its chunk is a byte. */
    private static final int MOST_INPUTS = 256;

    /** The same for so many samples of a panel. */
    public NmShape withSamples(int count) {
        return new NmShape(n, m, indexBits, outputs, rowGroups, lanes, count, type, start, end);
    }

    /**
     * Inputs that are walked for all groups before the next: as many as fill the first-level cache with 64 samples. Where groups share each sample that
     * they load, fewer stops pay more than a closer cache.
     */
    public int chunkInputs() {
        return CacheSizes.items((outputs == 1 ? 1 : 2) * CacheSizes.L1, 64 * Float.BYTES, MOST_INPUTS);
    }

    /** Elements kept of a row. */
    public int rowElements() {
        return rowGroups * n;
    }

    /** Bytes of the packed indices of a row. */
    public int rowBytes() {
        return (int) (((long) rowElements() * indexBits + Byte.SIZE - 1) / Byte.SIZE);
    }
}
