package dev.rewire.kernels.internal.vector.ceiling;

import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/** The vectors that there are loops for. */
public final class Widths {
    private Widths() {}

    /** Bits of the widest vectors, 512 at most. */
    public static int widest() {
        return Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /** All widths that this JVM has, the narrowest first. */
    public static int[] all() {
        return IntStream.of(128, 256, 512).filter(bits -> bits <= widest()).toArray();
    }
}
