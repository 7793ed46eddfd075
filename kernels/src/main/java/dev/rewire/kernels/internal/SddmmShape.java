package dev.rewire.kernels.internal;

/**
 * What an SDDMM kernel is specialised for.
 *
 * @param rows rows of a block
 * @param cols columns of a block
 * @param lanes samples of a panel
 * @param accumulate whether sums are added to what the values hold
 */
public record SddmmShape(int rows, int cols, int lanes, boolean accumulate) {}
