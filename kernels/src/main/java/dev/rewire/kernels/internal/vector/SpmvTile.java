package dev.rewire.kernels.internal.vector;

/** A generated product of some groups and one sample. */
interface SpmvTile {
    /** Addresses of the values, of the first input and of what is written; groups, inputs and blocks as in {@code SpmmIndex}. */
    void run(int[] offsets, int[] inputs, int[] blocks, int group, int endGroup, long values, long input, long target);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], new int[0], new int[0], 0, 0, 0, 0, 0);
    }
}
