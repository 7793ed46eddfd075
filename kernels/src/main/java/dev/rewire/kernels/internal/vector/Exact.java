package dev.rewire.kernels.internal.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tells C2 the class of a vector, as {@link TileCode} does in tiles: of what is loaded or broadcast, of what comes out of a loop and of reinterpreted vectors it
 * knows no more than {@code FloatVector}, and asks the profiles of the Vector API's methods, which all code of a JVM shares.
 */
final class Exact {
    private Exact() {}

    static FloatVector floats(VectorSpecies<Float> species, FloatVector vector) {
        return (FloatVector) species.vectorType().cast(vector);
    }

    /** A vector at an offset in bytes. */
    static FloatVector load(MemorySegment segment, long offset) {
        return floats(
                RawMemory.SPECIES, FloatVector.fromMemorySegment(RawMemory.SPECIES, segment, offset, RawMemory.ORDER));
    }

    /** A vector at an address, of memory that is held while a kernel runs. */
    static FloatVector load(long address) {
        return load(RawMemory.ALL, address & RawMemory.ADDRESS_MASK);
    }

    /** The way back. */
    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(RawMemory.ALL, address & RawMemory.ADDRESS_MASK, RawMemory.ORDER);
    }

    static IntVector ints(VectorSpecies<Integer> species, IntVector vector) {
        return (IntVector) species.vectorType().cast(vector);
    }

    static DoubleVector doubles(VectorSpecies<Double> species, DoubleVector vector) {
        return (DoubleVector) species.vectorType().cast(vector);
    }
}
