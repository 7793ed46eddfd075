package dev.rewire.kernels.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The width of the vectors: what the JVM prefers, or what {@code -Drewire.kernels.bits} says. */
final class VectorWidth {
    private static final String PROPERTY = "rewire.kernels.bits";

    private VectorWidth() {}

    /** Throws IllegalArgumentException if a width is forced that is unknown or wider than this JVM's vectors. */
    static VectorSpecies<Float> chosen() {
        VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
        if (preferred.vectorBitSize() < 128) {
            throw new IllegalArgumentException("this JVM has no vectors of at least 128 bits");
        }
        String forced = System.getProperty(PROPERTY, "");
        VectorSpecies<Float> species = switch (forced) {
            case "" -> preferred.vectorBitSize() > 512 ? FloatVector.SPECIES_512 : preferred;
            case "128" -> FloatVector.SPECIES_128;
            case "256" -> FloatVector.SPECIES_256;
            case "512" -> FloatVector.SPECIES_512;
            default ->
                throw new IllegalArgumentException(
                        "-D" + PROPERTY + "=" + forced + " is unknown; accepted are 128, 256, 512");
        };
        if (species.vectorBitSize() > preferred.vectorBitSize()) {
            throw new IllegalArgumentException("-D" + PROPERTY + "=" + forced + " is wider than this JVM's vectors of "
                    + preferred.vectorBitSize() + " bits");
        }
        return species;
    }

    /** Vector registers: how large a tile may be. AVX-512 and NEON have 32, AVX2 and SSE 16. */
    static int registers() {
        return RawMemory.SPECIES.vectorBitSize() >= 512 || "aarch64".equals(System.getProperty("os.arch")) ? 32 : 16;
    }
}
