package dev.rewire.kernels.internal.vector;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** What the probe asks of the Vector API and of the tiles; to be loaded only where module {@code jdk.incubator.vector} is there. */
public final class VectorFacts {
    private VectorFacts() {}

    /**
     * Bits of the vectors that the JVM prefers.
     *
     * @return 64 where it has none
     */
    public static int preferredBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    /**
     * Vector registers that tiles count on; only where the vector kernels run.
     *
     * @return 16 or 32
     */
    public static int registers() {
        return VectorWidth.registers();
    }

    /**
     * Sums that a tile keeps in registers; only where the vector kernels run.
     *
     * @return how many at most
     */
    public static int accumulators() {
        return Tiling.accumulators();
    }

    /**
     * Whether tiles are made of fused multiply-adds; only where the vector kernels run.
     *
     * @return false where they multiply and add apart
     */
    public static boolean fused() {
        return VectorWidth.FUSED;
    }

    /**
     * The usual tile, of 64 samples; only where the vector kernels run.
     *
     * @return outputs × vectors
     */
    public static String tile() {
        Span span = Span.of(64);
        int outputs = VectorSpmm.outputsOfTile(span);
        return outputs + "×" + VectorSpmm.turnsOfTile(span, outputs).vectors();
    }

    /**
     * Whether C1 is kept away from tiles; only where the vector kernels run.
     *
     * @return why it is not, empty if it is
     */
    public static Optional<String> tilesReachC1() {
        return CompilerRequests.absence();
    }
}
