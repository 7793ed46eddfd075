package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * Loops of layer normalisation, over the features of 16 samples of a panel, or of several groups of 16, which follow each other: {@code offset} is the byte offset of the first of those
 * samples in the first feature, {@code sample} their place in the arrays. Sums over features are in their order.
 */
public interface SampleKernels {
    /** Samples that are computed together. */
    int GROUP = 16;

    /** Features whose exponentials are added up before they are added to those of others. */
    int SUMMED = 64;

    /** Floats of scratch of {@link #exponentials}. */
    int SCRATCH = SUMMED * GROUP;

    /** Floats that hold the sums of a feature: 16 lanes of the one, 16 of the other. */
    int SUMS = 2 * GROUP;

    /** The mean of each sample, in floats, and of the deviations from it the sum, in the first places, one for each sample, and that of their squares, in as many behind them. */
    void moments(
            MemorySegment x, long offset, int features, int lanes, int groups, float[] mean, int sample, float[] sums);

    /** {@code y = (x − mean)·inverse·scale + shift} of the first {@code valid} samples, 0 in the others. */
    void normalize(
            MemorySegment x,
            MemorySegment y,
            long offset,
            int features,
            int lanes,
            int valid,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] shift);

    /** With {@code g = dy·scale}: of each sample the sum of g, in the first places, and that of {@code g·(x − mean)}, in those behind them. */
    void gradientSums(
            MemorySegment x,
            MemorySegment dy,
            long offset,
            int features,
            int lanes,
            int groups,
            float[] mean,
            int sample,
            float[] scale,
            float[] sums);

    /**
     * With two means of each sample, those of {@code means} at {@code place} and {@code place + seconds}: {@code dx = ((dy·scale − first) − n·second)·inverse + addend}, n being {@code (x − mean)·inverse};
     * nothing is added if the addend is NULL.
     */
    void gradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment addend,
            MemorySegment dx,
            long offset,
            int features,
            int lanes,
            float[] mean,
            float[] inverse,
            int sample,
            float[] scale,
            float[] means,
            int place,
            int seconds);

    /** The largest feature of each sample; NaN if one is. */
    void largest(MemorySegment x, long offset, int features, int lanes, float[] largest, int sample);

    /** {@code y = exp(x − largest)} unless y is NULL, and the sums of that over the features of each sample, {@link #SUMMED} at a time. y may be x. */
    void exponentials(
            MemorySegment x,
            MemorySegment y,
            long offset,
            int features,
            int lanes,
            float[] largest,
            float[] sums,
            int sample,
            float[] scratch);

    /** {@code y = y·factor}, 0 where y is below {@code least}, which are of samples. */
    void scaleFrom(MemorySegment y, long offset, int features, int lanes, float[] factor, float[] least, int sample);

    /** Adds {@code dy} and {@code dy·n} of one panel's first {@code groups} groups to the sums of features; {@code offset} is that of the first feature, {@code sample} that of the panel. */
    void featureSums(
            MemorySegment x,
            MemorySegment dy,
            long offset,
            int features,
            int lanes,
            int groups,
            float[] mean,
            float[] inverse,
            int sample,
            float[] sums);
}
