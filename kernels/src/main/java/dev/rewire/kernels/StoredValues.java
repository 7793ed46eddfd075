package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * A matrix as blocks, whatever its format: what a product works on that has no use for more.
 *
 * @param arena where the values lie
 * @param memory the values, block after block
 * @param type how they are stored
 * @param places the pattern that they belong to now; another object after a rewiring
 * @param clearPadding zeroes what lies outside of the matrix, before blocks are read
 */
record StoredValues(
        KernelArena arena, MemorySegment memory, ValueType type, Supplier<BlockPattern> places, Runnable clearPadding) {
    static StoredValues of(BlockSparseMatrix matrix) {
        return new StoredValues(matrix.arena(), matrix.memory(), matrix.type(), matrix::pattern, matrix::clearPadding);
    }

    /** The kept elements row by row are a matrix of 1×1 blocks. */
    static StoredValues of(SemiStructuredMatrix matrix) {
        return new StoredValues(
                matrix.arena(),
                matrix.memory(),
                matrix.type(),
                () -> matrix.pattern().csr(),
                () -> {});
    }

    /** Refuses values that a product cannot read or write. */
    StoredValues checkFloats(String argument) {
        Check.floats(argument, type);
        return this;
    }

    BlockPattern pattern() {
        return places.get();
    }
}
