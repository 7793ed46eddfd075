package dev.rewire.kernels.internal.vector;

/** A generated SpMM: some outputs of each group, for some lanes of a panel. */
interface SpmmTile {
    /**
     * Addresses are of feature 0 and of the first lane; groups, inputs and blocks as in {@code SpmmIndex}. The items of a group are those from
     * {@code cuts[group + from]} to {@code cuts[group + to]}; outputs start where {@code from} is 0, and are finished where {@code last}
     * is 1, otherwise they go on. Strides are bytes from one feature to the next; tiles of panels know them.
     * Sums that start from an output start from what lies so many bytes behind it ({@code addend}).
     */
    void run(
            int[] cuts,
            int[] inputs,
            int[] blocks,
            int firstGroup,
            int endGroup,
            long values,
            long input,
            long output,
            long bias,
            long mask,
            int from,
            int to,
            int last,
            long inputStride,
            long outputStride,
            char[] narrowInputs,
            long addend);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], new int[0], new int[0], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, new char[0], 0);
    }
}
