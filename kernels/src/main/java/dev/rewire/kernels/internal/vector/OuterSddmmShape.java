package dev.rewire.kernels.internal.vector;

/**
 * What a tile of outer products is specialised for.
 *
 * @param rows of a block
 * @param vectors that a row of a block has
 * @param blocks of one row of blocks that are computed at once, 1 or 2
 * @param featureBytes from one feature of the gradient to the next
 */
record OuterSddmmShape(int rows, int vectors, int blocks, long featureBytes) {
    /** As many as there are registers for; C1 has fewer of them, where it cannot be kept away. */
    int rowsAtOnce() {
        int sums = Tiling.accumulators() / (CompilerRequests.absence().isPresent() ? 2 : 1);
        return Math.clamp(sums / ((long) vectors * blocks), 1, rows);
    }
}
