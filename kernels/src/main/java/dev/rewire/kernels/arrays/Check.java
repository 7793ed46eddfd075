package dev.rewire.kernels.arrays;

import dev.rewire.kernels.BlockPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What is wrong with arrays, and what to do about it. */
final class Check {
    private static final String FROM_ZERO = "; indices count from 0: subtract 1 from all that count from 1";

    /** What a {@link BlockPattern} takes. */
    private static final int MOST_OF_SIDE = Integer.MAX_VALUE - BlockPattern.MAX_BLOCK;

    private Check() {}

    static void side(String argument, int side) {
        if (side < 0 || side > MOST_OF_SIDE) {
            throw new IllegalArgumentException(
                    argument + ": " + side + " is out of range; accepted are 0 to " + MOST_OF_SIDE);
        }
    }

    static void block(String argument, int side) {
        if (side < 1 || side > BlockPattern.MAX_BLOCK) {
            throw new IllegalArgumentException(
                    argument + ": " + side + " is out of range; accepted are 1 to " + BlockPattern.MAX_BLOCK);
        }
    }

    /** As many as the others. */
    static void length(String argument, long length, long expected, String meaning) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    argument + ".length: " + length + " does not fit; expected " + expected + " (" + meaning + ")");
        }
    }

    /**
     * Where compressed rows or columns begin.
     *
     * @param of what is compressed, "rows" for example
     * @param lines how many of them there are
     * @param indices the argument with the entries
     * @param entries how many of them there are
     */
    static void offsets(String argument, int[] offsets, String of, int lines, String indices, int entries) {
        length(argument, offsets.length, lines + 1L, of + " + 1");
        if (offsets[0] != 0) {
            throw new IllegalArgumentException(argument + "[0]: " + offsets[0] + " does not fit; expected 0"
                    + (offsets[0] == 1 ? FROM_ZERO : " (the first entry)"));
        }
        for (int line = 0; line < lines; line++) {
            if (offsets[line + 1] < offsets[line]) {
                throw new IllegalArgumentException(
                        argument + "[" + (line + 1) + "]: " + offsets[line + 1] + " is less than the one before it, "
                                + offsets[line] + "; accepted are offsets that never fall");
            }
        }
        length(indices, entries, offsets[lines], "the last of " + argument);
    }

    static void indices(String argument, int[] indices, int size) {
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 0 || indices[i] >= size) {
                throw new IllegalArgumentException(
                        argument + "[" + i + "]: " + indices[i] + " is out of range; accepted are "
                                + (size == 0 ? "none, there is no such row or column" : "0 to " + (size - 1))
                                + (indices[i] == size && size > 0 ? FROM_ZERO : ""));
            }
        }
    }

    static int[] ints(String argument, MemorySegment segment) {
        elements(argument, segment, Integer.BYTES);
        return segment.toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    static float[] floats(String argument, MemorySegment segment) {
        elements(argument, segment, Float.BYTES);
        return segment.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static void elements(String argument, MemorySegment segment, int bytes) {
        long size = segment.byteSize();
        if (size % bytes != 0 || size / bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    argument + ": " + size + " bytes are no array; accepted are multiples of " + bytes + ", up to "
                            + (Integer.MAX_VALUE - 8) + " elements");
        }
    }
}
