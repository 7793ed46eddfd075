package dev.rewire.training.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Shape;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftmaxCrossEntropyTest {
    private static final int BATCH = 70;
    private static final int CLASSES = 3;

    private KernelArena arena;
    private Workers workers;
    private PanelMatrix logits;
    private PanelMatrix gradient;
    private SoftmaxCrossEntropy loss;

    @BeforeEach
    void open() {
        arena = KernelArena.open();
        logits = PanelMatrix.allocate(arena, BATCH, CLASSES);
        gradient = PanelMatrix.allocate(arena, BATCH, CLASSES);
        workers = Workers.of(2);
        loss = new SoftmaxCrossEntropy(new Activations(new Shape.Features(CLASSES), logits, gradient, false), workers);
    }

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    @Test
    void equalLogitsAreAllOneGuess() {
        loss.differentiate(new int[BATCH]);

        assertEquals(BATCH * Math.log(3), loss.lossSum(), 1e-9);
        assertEquals(BATCH, loss.correct(), "of equal logits the first is the guess");
        assertEquals((1 / 3.0 - 1) / BATCH, gradient.get(69, 0), 1e-8);
        assertEquals(1 / 3.0 / BATCH, gradient.get(69, 2), 1e-8);
    }

    @Test
    void hugeLogitsNeitherOverflowNorVanish() {
        set(0, 3e38f, -3e38f, 0);
        set(1, -3e38f, -3e38f, -3e38f);
        int[] labels = new int[BATCH];
        labels[1] = 2;

        loss.measure(labels, 2);

        assertEquals(Math.log(3), loss.lossSum(), 1e-9);
        assertEquals(1, loss.correct());
    }

    @Test
    void gradientsOfASampleAddUpToZero() {
        set(5, 1, 2, 3);
        int[] labels = new int[BATCH];
        labels[5] = 1;

        loss.differentiate(labels);

        assertEquals(0, gradient.get(5, 0) + gradient.get(5, 1) + gradient.get(5, 2), 1e-9);
        assertTrue(gradient.get(5, 1) < 0 && gradient.get(5, 0) > 0 && gradient.get(5, 2) > gradient.get(5, 0));
    }

    @Test
    void lanesBehindTheLastSampleStayZero() {
        loss.differentiate(new int[BATCH]);

        int nonzero = 0;
        for (long i = 0; i < gradient.segment().byteSize() / Float.BYTES; i++) {
            nonzero += gradient.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i) != 0 ? 1 : 0;
        }
        assertEquals(BATCH * CLASSES, nonzero);
    }

    private void set(int sample, float... values) {
        for (int c = 0; c < CLASSES; c++) {
            logits.set(sample, c, values[c]);
        }
    }
}
