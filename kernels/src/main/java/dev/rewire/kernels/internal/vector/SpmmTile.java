package dev.rewire.kernels.internal.vector;

/** A generated SpMM: some outputs of each group, for some lanes of a panel. */
interface SpmmTile {
    /** Addresses are of feature 0 and of the first lane; groups, inputs and blocks as in {@code SpmmIndex}. */
    void run(
            int[] offsets,
            int[] inputs,
            int[] blocks,
            int firstGroup,
            int endGroup,
            long values,
            long input,
            long output,
            long bias,
            long mask);
}
