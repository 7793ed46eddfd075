package dev.rewire.kernels.internal.vector;

/** A generated loop over groups of outputs of an N:M matrix; addresses are of what belongs to output, input and value 0. */
interface NmTile {
    void run(int firstGroup, int endGroup, long places, long values, long input, long output, long bias, long mask);

    /** A run of nothing. */
    default void idle() {
        run(0, 0, 0, 0, 0, 0, 0, 0);
    }
}
