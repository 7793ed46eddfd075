package dev.rewire.gpu;

/**
 * How cuSPARSELt multiplies a shape, in its own numbers.
 *
 * @param configId the kernel
 * @param splitK into how many parts the inputs are split; 1 for none, −1 for the segments of compute capability 9.0
 * @param splitKMode how the parts are added
 * @param splitKBuffers how many of them are kept apart
 */
public record GpuAlgorithm(int configId, int splitK, int splitKMode, int splitKBuffers) {}
