package dev.rewire.kernels.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * The classes of vectors, which have no public names, for casts in generated tiles: constants to C2 wherever they stand. {@code VectorSpecies.vectorType()} is a
 * call, which C2 puts off in long code until it is too late.
 */
final class VectorTypes {
    static final Class<?> FLOATS_128 = FloatVector.SPECIES_128.vectorType();
    static final Class<?> FLOATS_256 = FloatVector.SPECIES_256.vectorType();
    static final Class<?> FLOATS_512 = FloatVector.SPECIES_512.vectorType();
    static final Class<?> INTS_128 = IntVector.SPECIES_128.vectorType();
    static final Class<?> INTS_256 = IntVector.SPECIES_256.vectorType();
    static final Class<?> INTS_512 = IntVector.SPECIES_512.vectorType();
    static final Class<?> SHORTS_64 = ShortVector.SPECIES_64.vectorType();
    static final Class<?> SHORTS_128 = ShortVector.SPECIES_128.vectorType();
    static final Class<?> SHORTS_256 = ShortVector.SPECIES_256.vectorType();

    private VectorTypes() {}
}
