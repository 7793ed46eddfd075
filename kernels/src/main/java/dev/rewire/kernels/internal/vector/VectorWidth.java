package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.probe.Cpu;
import dev.rewire.kernels.probe.Jvm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The width of the vectors: what the JVM prefers, or what {@code -Drewire.kernels.bits} says. */
final class VectorWidth {
    private static final String PROPERTY = "rewire.kernels.bits";

    /** Whether a fused multiply-add is an instruction. In software it is exact arithmetic on objects, a thousand times slower. */
    static final boolean FUSED = !Jvm.current().useFma().isNo();

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
            throw new IllegalArgumentException(
                    "this JVM's vectors have " + preferred.vectorBitSize() + " bits, and " + forced + " are asked for");
        }
        return species;
    }

    /**
     * Vector registers: how large a tile may be. NEON and 512-bit vectors have 32, SSE and AVX2 16. With AVX-512 shorter vectors have 32, too, but a tile
     * that fills them is too long for C1 (docs/architecture.md, "Generated tiles").
     */
    static int registers() {
        return RawMemory.SPECIES.vectorBitSize() >= 512
                        || Cpu.current().architecture().equals("aarch64")
                ? 32
                : 16;
    }
}
