package dev.rewire.kernels.internal.vector;

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

    static IntVector ints(VectorSpecies<Integer> species, IntVector vector) {
        return (IntVector) species.vectorType().cast(vector);
    }

    static DoubleVector doubles(VectorSpecies<Double> species, DoubleVector vector) {
        return (DoubleVector) species.vectorType().cast(vector);
    }
}
