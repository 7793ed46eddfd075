package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;

/** The wording of argument errors: the argument, its value, what is accepted. */
final class Check {
    private Check() {}

    static int range(String argument, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are " + least + " to " + most);
        }
        return (int) value;
    }

    static void equal(String argument, long value, long expected, String meaning) {
        if (value != expected) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " does not fit; expected " + expected + " (" + meaning + ")");
        }
    }

    /** A segment that floats can be read from and written to: native, aligned, long enough. */
    static void floats(String argument, MemorySegment segment, long floats) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    argument + ": a heap segment; accepted are native segments (allocate it from an Arena)");
        }
        if (segment.address() % Float.BYTES != 0) {
            throw new IllegalArgumentException(argument + ": address 0x" + Long.toHexString(segment.address())
                    + " is misaligned; accepted are addresses divisible by " + Float.BYTES);
        }
        if (segment.byteSize() / Float.BYTES < floats) {
            throw new IllegalArgumentException(argument + ": " + segment.byteSize()
                    + " bytes are too few; the shape needs at least " + floats + " floats");
        }
        alive(argument, segment);
    }

    /** Values that products other than forward, and what trains, can work on. */
    static void floats(String argument, ValueType type) {
        if (type != ValueType.F32) {
            throw new IllegalArgumentException(
                    argument + ": values stored as " + type + "; accepted is F32 (only forward products read others)");
        }
    }

    static void finite(String argument, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are finite numbers");
        }
    }

    static void belowOne(String argument, float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are numbers from 0 to below 1");
        }
    }

    static void decay(String argument, float value) {
        if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are finite numbers from 0");
        }
    }

    /** Refuses memory that another argument has, too, where one of the two is written. */
    static void apart(String argument, DenseMatrix matrix, String otherName, MemorySegment other, long otherBytes) {
        if (matrix.overlaps(other, otherBytes)) {
            throw new IllegalArgumentException(
                    argument + ": shares memory with " + otherName + "; accepted are separate matrices");
        }
    }

    static void apart(String argument, PanelMatrix panels, String otherName, PanelMatrix other) {
        apart(argument, panels.segment(), otherName, other.segment());
    }

    static void apart(String argument, MemorySegment memory, String otherName, MemorySegment other) {
        long start = memory.address();
        long otherStart = other.address();
        if (start < otherStart + other.byteSize() && otherStart < start + memory.byteSize()) {
            throw new IllegalArgumentException(
                    argument + ": shares memory with " + otherName + "; accepted are separate matrices");
        }
    }

    static void alive(String argument, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(argument + ": its arena is closed");
        }
    }
}
