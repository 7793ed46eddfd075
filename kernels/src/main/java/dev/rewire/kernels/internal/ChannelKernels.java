package dev.rewire.kernels.internal;

/**
 * Loops of batch normalisation. Sums of a channel are 16 lanes of one sum and 16 of another: position after position, of each position samples 0 to 15, 16 to 31 and so on are
 * added to the same lanes, so that bits do not depend on the width of vectors. Lanes behind the last sample count nothing and stay zero.
 */
public interface ChannelKernels {
    /** Floats that hold the sums of a channel. */
    int SUMS = 32;

    /** Adds {@code x − center} and its square to the sums. */
    void moments(ChannelRow at, ChannelFactors factors);

    /** {@code y = (x − center)·factor + shift}, or the positive part of it. */
    void normalize(ChannelRow at, ChannelFactors factors, boolean relu);

    /** {@code y = ((x − center)·factor + shift) + addend}, or the positive part of it. */
    void normalizeAndAdd(ChannelRow at, ChannelFactors factors, boolean relu);

    /** Adds {@code dy} and {@code dy·(x − center)} to the sums; with a ReLU only where it let something through. */
    void gradientSums(ChannelRow at, ChannelFactors factors, boolean relu);

    /** {@code dx = factor·((dy − gradientMean) − (x − center)·slope)}; with a ReLU dy counts only where it let something through. */
    void gradient(ChannelRow at, ChannelFactors factors, boolean relu);
}
