package dev.rewire.kernels.internal.vector;

/** A generated SDDMM of blocks that are whole vectors, over as many samples as there are registers for. */
interface WholeBlockSddmmTile {
    /** As {@code WholeBlockSddmmKernel} has it, by addresses; {@code add} is 1 to begin with the values, 0 to begin with zero. */
    void run(
            int[] starts,
            int from,
            int to,
            int firstRow,
            int endRow,
            int[] colStarts,
            int add,
            long gradients,
            long inputs,
            long values);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], 0, 0, 0, 0, new int[0], 0, 0, 0, 0);
    }
}
