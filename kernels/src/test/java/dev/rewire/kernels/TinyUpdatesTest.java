package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Positive;

/** What decays under an optimiser ends at zero: subnormal floats, at which it would stay otherwise, are slow to compute with. */
@Tag("species")
@PropertyDefaults(tries = 10)
class TinyUpdatesTest {
    /** Vectors of any width, and a rest. */
    private static final int SIZE = 67;

    private static final int STEPS = 2_000;
    private static final float RATE = 0.01f;
    private static final float MOMENTUM = 0.9f;
    private static final float TINY = 0x1p-100f;

    private final Arena arena = Arena.ofAuto();
    private final Workers workers = Workers.of(1);
    private final DenseMatrix gradient = DenseMatrix.allocate(arena, 1, SIZE);

    private DenseMatrix vector(float... elements) {
        DenseMatrix vector = DenseMatrix.allocate(arena, 1, SIZE);
        MemorySegment.copy(elements, 0, vector.segment(), ValueLayout.JAVA_FLOAT, 0, elements.length);
        return vector;
    }

    /** Numbers of all sizes, from 1 down to among the subnormals. */
    private DenseMatrix anySizes(long seed, boolean positive) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] elements = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            float size = Math.scalb(random.nextFloat(1, 2), -random.nextInt(145));
            elements[i] = positive || random.nextBoolean() ? size : -size;
        }
        return vector(elements);
    }

    private static int subnormals(DenseMatrix vector) {
        int count = 0;
        for (float element : elements(vector)) {
            count += element != 0 && Math.abs(element) < Float.MIN_NORMAL ? 1 : 0;
        }
        return count;
    }

    private static float[] elements(DenseMatrix vector) {
        return vector.segment().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Property
    void sgdWithoutGradientLeavesNoSubnormals(
            @ForAll @Positive long seed, @ForAll boolean nesterov, @ForAll boolean decays) {
        DenseMatrix w = anySizes(seed, false);
        DenseMatrix v = anySizes(seed + 1, false);
        for (int step = 1; step <= STEPS; step++) {
            Updates.sgd(w, gradient, v, RATE, MOMENTUM, nesterov, decays ? 0.5f : 0, workers);
            assertEquals(0, subnormals(w) + subnormals(v), "step " + step);
        }
    }

    @Property
    void descentWithoutGradientLeavesNoSubnormals(@ForAll @Positive long seed) {
        DenseMatrix w = anySizes(seed, false);
        for (int step = 1; step <= STEPS; step++) {
            Updates.sgd(w, gradient, null, RATE, 0, false, 10, workers);
            assertEquals(0, subnormals(w), "step " + step);
        }
        assertArrayEquals(new float[SIZE], elements(w));
    }

    @Property
    void adamWithoutGradientLeavesNoSubnormals(@ForAll @Positive long seed, @ForAll @IntRange(max = 2) int decay) {
        DenseMatrix w = anySizes(seed, false);
        DenseMatrix m = anySizes(seed + 1, false);
        DenseMatrix v = anySizes(seed + 2, true);
        Updates.Adam settings = new Updates.Adam(0.9f, 0.9f, 1e-8f, decay == 1 ? 0.1f : 0, decay == 2 ? 10 : 0);
        for (int step = 1; step <= STEPS; step++) {
            Updates.adam(w, gradient, m, v, step, settings, RATE, workers);
            assertEquals(0, subnormals(w) + subnormals(m) + subnormals(v), "step " + step);
        }
    }

    @Example
    void whatMomentumLeavesOfAGradientEndsAtZero() {
        DenseMatrix v = anySizes(1, false);
        for (int step = 0; step < STEPS; step++) {
            Updates.sgd(vector(), gradient, v, RATE, MOMENTUM, false, 0, workers);
        }
        assertArrayEquals(new float[SIZE], elements(v));
    }

    @Example
    void aWeightOf2ToTheMinus100StaysAndOneBelowIsZero() {
        float below = Math.nextDown(TINY);
        DenseMatrix w = vector(TINY, -TINY, below, -below, 1, Float.NaN);
        Updates.sgd(w, gradient, null, RATE, 0, false, 0, workers);
        assertEquals(TINY, w.get(0, 0));
        assertEquals(-TINY, w.get(0, 1));
        assertEquals(0, w.get(0, 2));
        assertEquals(0, w.get(0, 3));
        assertEquals(1, w.get(0, 4));
        assertEquals(Float.NaN, w.get(0, 5));
    }

    @Example
    void aFirstMomentIsZeroWithItsSecond() {
        Updates.Adam settings = new Updates.Adam(0.9f, 0.999f, 1e-30f, 0, 0);
        DenseMatrix w = vector();
        DenseMatrix m = vector(0x1p-60f, 0x1p-60f);
        DenseMatrix v = vector(0x1p-127f, 0x1p-120f);
        Updates.adam(w, gradient, m, v, 1_000_000, settings, RATE, workers);
        assertEquals(0, m.get(0, 0));
        assertEquals(0, v.get(0, 0));
        assertEquals(0, w.get(0, 0), "a moment over ε alone is a huge step");
        assertEquals(0.9f * 0x1p-60f, m.get(0, 1));
        assertEquals(0.999f * 0x1p-120f, v.get(0, 1));
    }
}
