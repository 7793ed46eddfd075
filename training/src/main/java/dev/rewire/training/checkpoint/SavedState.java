package dev.rewire.training.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/** What a checkpoint keeps beside patterns. It is read and written in place. */
public sealed interface SavedState {
    /**
     * Numbers.
     *
     * @param segments one after the other
     */
    record Floats(List<MemorySegment> segments) implements SavedState {}

    /**
     * Places of weights.
     *
     * @param places which
     * @param cells how many there are in all
     */
    record Places(BitSet places, int cells) implements SavedState {}
}
