package dev.rewire.kernels.internal;

/**
 * What an SDDMM kernel is specialised for.
 *
 * @param rows rows of a block
 * @param cols columns of a block
 * @param lanes samples of a panel
 * @param strided whether the strides between features are those of the operands; in panels they are what their samples take
 * @param samples of them, those that a batch of one panel has; the others are zero
 * @param accumulate whether sums are added to what the values hold
 */
public record SddmmShape(int rows, int cols, int lanes, boolean strided, int samples, boolean accumulate) {}
