package dev.rewire.kernels.probe;

import java.util.OptionalInt;

/**
 * The caches of one kind.
 *
 * @param level 1 is the nearest to a core
 * @param type what it holds
 * @param bytes size of one
 * @param lineBytes bytes of a line
 * @param sharedBy logical processors that share one
 * @param instances how many of these there are
 */
public record Cache(int level, Type type, long bytes, OptionalInt lineBytes, int sharedBy, int instances) {
    /** What a cache holds. */
    public enum Type {
        /** Data. */
        DATA,
        /** Instructions. */
        INSTRUCTION,
        /** Both. */
        UNIFIED
    }

    /**
     * Its name as {@code lscpu} writes it.
     *
     * @return as L1d, L1i or L2
     */
    public String name() {
        return "L" + level
                + switch (type) {
                    case DATA -> "d";
                    case INSTRUCTION -> "i";
                    case UNIFIED -> "";
                };
    }

    /** Whether a core's loads go through it. */
    boolean holdsData() {
        return type != Type.INSTRUCTION;
    }
}
