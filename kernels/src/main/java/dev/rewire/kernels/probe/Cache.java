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

    /** The same, but so many. */
    Cache withInstances(int count) {
        return new Cache(level, type, bytes, lineBytes, sharedBy, count);
    }

    /** Whether both are of one kind. By hand: a record's own equals takes a JVM that meets it for the first time 50 ms. */
    boolean isLike(Cache other) {
        return level == other.level
                && type == other.type
                && bytes == other.bytes
                && lineBytes.equals(other.lineBytes)
                && sharedBy == other.sharedBy;
    }

    /** Whether it is nearer to a core; data comes before instructions. */
    boolean isBefore(Cache other) {
        return level != other.level ? level < other.level : type.compareTo(other.type) < 0;
    }

    /** Whether a core's loads go through it. */
    boolean holdsData() {
        return type != Type.INSTRUCTION;
    }
}
