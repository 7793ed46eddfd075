package dev.rewire.kernels.internal.vector;

/** A generated SDDMM: some elements of each block, as vectors of partial sums. */
interface SddmmTile {
    /**
     * Writes one vector per element to {@code partials}, block after block. Strides are bytes from panel to panel, {@code …Feature} from feature to feature, which
     * tiles of panels know.
     */
    void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int panels,
            long gradient,
            long gradientStride,
            long gradientFeature,
            long input,
            long inputStride,
            long inputFeature,
            long partials);

    /** A run of nothing. */
    default void idle() {
        run(new int[0], new int[0], 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    }
}
