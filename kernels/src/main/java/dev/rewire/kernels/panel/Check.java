package dev.rewire.kernels.panel;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
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

    static float positive(String argument, float value) {
        if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are finite numbers above 0");
        }
        return value;
    }

    /** Panels of the same shape as others. */
    static void same(String argument, PanelMatrix panels, String other, PanelMatrix expected) {
        if (panels.rows() != expected.rows()
                || panels.cols() != expected.cols()
                || panels.lanes() != expected.lanes()) { // first: a run builds no messages
            equal(argument + ".rows", panels.rows(), expected.rows(), "samples of " + other);
            equal(argument + ".cols", panels.cols(), expected.cols(), "features of " + other);
            equal(argument + ".lanes", panels.lanes(), expected.lanes(), "lanes of " + other);
        }
        alive(argument, panels.segment());
    }

    /** Panels that hold images. */
    static void images(String argument, PanelMatrix panels, FeatureMap map) {
        if (panels.cols() != map.features()) {
            equal(argument + ".cols", panels.cols(), map.features(), "features of " + map);
        }
        alive(argument, panels.segment());
    }

    /** A row of floats that this thread may read. */
    static void vector(String argument, DenseMatrix vector, int length, String meaning) {
        if (vector.rows() != 1 || vector.cols() != length) {
            equal(argument + ".rows", vector.rows(), 1, "a vector");
            equal(argument + ".cols", vector.cols(), length, meaning);
        }
        alive(argument, vector.segment());
        if (!vector.segment().isAccessibleBy(Thread.currentThread())) {
            throw new IllegalArgumentException(
                    argument + ": a segment of a confined arena, out of reach of this thread;"
                            + " accepted are segments of a shared or automatic arena, or of the calling thread");
        }
    }

    /** A row of floats that this thread may write. */
    static void result(String argument, DenseMatrix vector, int length, String meaning) {
        vector(argument, vector, length, meaning);
        if (vector.segment().isReadOnly()) {
            throw new IllegalArgumentException(argument + ": a read-only segment; accepted are writable ones");
        }
    }

    static void apart(String argument, DenseMatrix vector, String other, DenseMatrix otherVector) {
        apart(
                argument,
                vector.segment(),
                (long) vector.cols() * Float.BYTES,
                other,
                otherVector.segment(),
                (long) otherVector.cols() * Float.BYTES);
    }

    static void apart(String argument, DenseMatrix vector, String other, PanelMatrix panels) {
        apart(
                argument,
                vector.segment(),
                (long) vector.cols() * Float.BYTES,
                other,
                panels.segment(),
                panels.segment().byteSize());
    }

    static void apart(String argument, PanelMatrix panels, String other, PanelMatrix otherPanels) {
        apart(
                argument,
                panels.segment(),
                panels.segment().byteSize(),
                other,
                otherPanels.segment(),
                otherPanels.segment().byteSize());
    }

    private static void apart(
            String argument, MemorySegment a, long aBytes, String other, MemorySegment b, long bBytes) {
        if (a.address() < b.address() + bBytes && b.address() < a.address() + aBytes) {
            throw new IllegalArgumentException(
                    argument + ": shares memory with " + other + "; accepted are separate matrices");
        }
    }

    static void equal(String argument, long value, long expected, String meaning) {
        if (value != expected) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " does not fit; expected " + expected + " (" + meaning + ")");
        }
    }

    private static void alive(String argument, MemorySegment segment) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(argument + ": its arena is closed");
        }
    }
}
