package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Features of a panel in arrays of their own, each copied when it is first needed. C2 makes vectors of loops over arrays that share an index; floats of a
 * segment, which are read as integers and converted, it takes one by one (JDK 25). Arrays grow in the first run and stay.
 */
final class HeapPanel {
    /**
     * Where the first lane lies in each array. A vectorised loop does at least one turn without vectors, and as many as bring it to a multiple of a
     * vector's size in memory; a loop that starts one place before the first lane does but that one.
     */
    static final int FIRST = 12;

    private float[][] features = {};
    private boolean[] copied = {};

    /** The arrays by the feature's number; of those that are needed only. */
    float[][] features() {
        return features;
    }

    /** Forgets the samples of another panel. */
    void clear() {
        Arrays.fill(copied, false);
    }

    /** A feature of a panel that lies at an offset, its features a stride apart, in bytes. */
    float[] at(int feature, MemorySegment panel, long offset, long stride, int lanes) {
        if (feature >= copied.length || !copied[feature]) {
            need(feature, panel, offset, stride, lanes);
        }
        return features[feature];
    }

    /** Has a feature at hand, of a panel that lies at an offset, its features a stride apart, in bytes. */
    void need(int feature, MemorySegment panel, long offset, long stride, int lanes) {
        if (feature >= copied.length) {
            features = Arrays.copyOf(features, 2 * feature + 1);
            copied = Arrays.copyOf(copied, features.length);
        }
        if (!copied[feature]) {
            if (features[feature] == null) {
                features[feature] = lanes(lanes);
            }
            read(panel, offset + feature * stride, features[feature], lanes);
            copied[feature] = true;
        }
    }

    /** An array for so many lanes. */
    static float[] lanes(int count) {
        return new float[FIRST + count];
    }

    /** Copies lanes. For so few a loop is faster than {@link MemorySegment#copy}. */
    static void read(MemorySegment from, long offset, float[] to, int count) {
        for (int lane = 0; lane < count; lane++) {
            to[FIRST + lane] = from.get(JAVA_FLOAT_UNALIGNED, offset + (long) lane * Float.BYTES);
        }
    }

    /** The way back. */
    static void write(float[] from, MemorySegment to, long offset, int count) {
        for (int lane = 0; lane < count; lane++) {
            to.set(JAVA_FLOAT_UNALIGNED, offset + (long) lane * Float.BYTES, from[FIRST + lane]);
        }
    }
}
