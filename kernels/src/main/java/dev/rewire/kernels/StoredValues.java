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
    static StoredValues of(SparseMatrix matrix) {
        MemorySegment memory = switch (matrix) {
            case BlockSparseMatrix blocks -> blocks.memory();
            case SemiStructuredMatrix nm -> nm.memory();
        };
        Runnable clearPadding = switch (matrix) {
            case BlockSparseMatrix blocks -> blocks::clearPadding;
            case SemiStructuredMatrix _ -> () -> {};
        };
        return new StoredValues(
                matrix.arena(), memory, matrix.type(), () -> matrix.pattern().asBlocks(), clearPadding);
    }

    /** Refuses values that a product cannot read or write. */
    StoredValues checkFloats(String argument) {
        Check.floats(argument, type);
        return this;
    }

    /** Refuses a matrix in whose memory these values could not be brought into another order. */
    StoredValues room(SparseMatrix room) {
        StoredValues values = of(room).checkFloats("room");
        long bytes = memory.byteSize();
        Check.range("room: bytes of its values", values.memory().byteSize(), bytes, Long.MAX_VALUE);
        Check.apart("room", values.memory(), "w", memory);
        return values;
    }

    BlockPattern pattern() {
        return places.get();
    }
}
