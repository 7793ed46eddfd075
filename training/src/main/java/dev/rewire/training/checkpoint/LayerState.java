package dev.rewire.training.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/**
 * What a checkpoint keeps of a layer beside its pattern.
 *
 * @param floats all that training changes, which is read and written in place
 * @param explored places that ever had weights, which is read and written in place
 * @param cells number of places
 */
public record LayerState(List<MemorySegment> floats, BitSet explored, int cells) {}
