package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/**
 * The gradient of blocks as a sum of outer products, sample after sample: lanes run along the inputs, so that none are added up. Inputs lie in strips, of a column of
 * blocks each: the features of a sample next to each other, sample after sample.
 */
public interface OuterSddmmKernel {
    /**
     * Adds up blocks over some samples.
     *
     * @param rowStarts for each block its first row: a feature of the gradient
     * @param colStarts for each block its first column: a feature of the input
     * @param firstBlock first block
     * @param endBlock block after the last
     * @param samples at least one
     * @param add whether sums are added to what the values hold
     * @param gradient the gradient, features of a sample as far apart as the kernel is made for
     * @param gradientOffset bytes to its first sample
     * @param sampleBytes from one sample of the gradient to the next
     * @param strips the strips
     * @param stripsOffset bytes to the first sample of the first strip
     * @param stripBytes from one strip to the next
     * @param values what is written, block 0 at its start
     */
    void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int samples,
            boolean add,
            MemorySegment gradient,
            long gradientOffset,
            long sampleBytes,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes,
            MemorySegment values);

    /**
     * Copies rows into strips; the last one keeps what it holds behind the last feature.
     *
     * @param source samples, whose features lie next to each other
     * @param sourceOffset bytes to the first
     * @param sampleBytes from one sample to the next
     * @param samples of them
     * @param features of a sample
     * @param strips what is written
     * @param stripsOffset bytes to the place of the first sample in the first strip
     * @param stripBytes from one strip to the next
     */
    void copyStrips(
            MemorySegment source,
            long sourceOffset,
            long sampleBytes,
            int samples,
            int features,
            MemorySegment strips,
            long stripsOffset,
            long stripBytes);
}
