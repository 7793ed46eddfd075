package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backward to the input by 2:4 masks that are not transposable, of small integers, whose sums are exact in any order. */
@Tag("species")
class PairedWeightsTest {
    private final SplittableRandom random = new SplittableRandom(3);
    private KernelArena arena;
    private Workers workers;

    @BeforeEach
    void open() {
        arena = KernelArena.open();
        workers = Workers.of(3);
    }

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    private SemiStructuredMatrix weights(int rows, int cols) {
        NmPattern pattern = NmPattern.random(rows, cols, 2, 4, 1, random);
        float[] values = new float[pattern.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-9, 10);
        }
        return SemiStructuredMatrix.of(arena, pattern, values);
    }

    private PanelMatrix panels(int samples, int features) {
        PanelMatrix panels = PanelMatrix.allocate(arena, samples, features, 64);
        for (int sample = 0; sample < samples; sample++) {
            for (int feature = 0; feature < features; feature++) {
                panels.set(sample, feature, random.nextInt(-9, 10));
            }
        }
        return panels;
    }

    private SpmmPlan plan(SemiStructuredMatrix w, int batch, Epilogue end) {
        SpmmPlan plan = SpmmPlan.backwardInput(arena, w, batch, Layout.PANELS, end, workers, PlanChoice.STORED);
        assertTrue(plan.toString().contains("rows that keep the same two of four together"), plan.toString());
        return plan;
    }

    private static float sum(SemiStructuredMatrix w, PanelMatrix dy, int sample, int col) {
        float sum = 0;
        for (int row = 0; row < w.rows(); row++) {
            float value = w.get(row, col);
            sum += value == 0 ? 0 : value * dy.get(sample, row);
        }
        return sum;
    }

    /** Odd numbers of groups, more than a task sorts and more than one multiplies, rows with and without a gap, last panels of all kinds. */
    @ParameterizedTest
    @CsvSource({"5, 4, 64", "64, 68, 70", "130, 132, 33", "128, 520, 128", "1, 64, 100"})
    void sumsAreExact(int rows, int cols, int batch) {
        SemiStructuredMatrix w = weights(rows, cols);
        PanelMatrix dy = panels(batch, rows);
        PanelMatrix dx = panels(batch, cols);
        plan(w, batch, Epilogue.NONE).run(dy, dx);
        for (int sample = 0; sample < batch; sample++) {
            for (int col = 0; col < cols; col++) {
                assertEquals(sum(w, dy, sample, col), dx.get(sample, col), sample + ", " + col);
            }
        }
    }

    @Test
    void aPlanFollowsAnotherMask() {
        SemiStructuredMatrix w = weights(70, 72);
        PanelMatrix dy = panels(64, 70);
        PanelMatrix dx = panels(64, 72);
        SpmmPlan plan = plan(w, 64, Epilogue.NONE);
        plan.run(dy, dx);
        w.rewire(NmPattern.random(70, 72, 2, 4, 1, random));
        plan.replan();
        plan.run(dy, dx);
        for (int col = 0; col < 72; col++) {
            assertEquals(sum(w, dy, 63, col), dx.get(63, col), "column " + col);
        }
    }

    @Test
    void aPlanFollowsOtherValues() {
        SemiStructuredMatrix w = weights(20, 24);
        PanelMatrix dy = panels(64, 20);
        PanelMatrix dx = panels(64, 24);
        SpmmPlan plan = plan(w, 64, Epilogue.NONE);
        plan.run(dy, dx);
        w.fill(3);
        plan.run(dy, dx);
        for (int col = 0; col < 24; col++) {
            assertEquals(sum(w, dy, 5, col), dx.get(5, col), "column " + col);
        }
    }

    @Test
    void biasReluAndOldOutputAreApplied() {
        SemiStructuredMatrix w = weights(20, 24);
        PanelMatrix dy = panels(64, 20);
        PanelMatrix dx = panels(64, 24);
        DenseMatrix bias = DenseMatrix.allocate(arena, 1, 24);
        float[] expected = new float[24];
        for (int col = 0; col < 24; col++) {
            bias.set(0, col, col);
            expected[col] = Math.max(0, dx.get(9, col) + col + sum(w, dy, 9, col));
        }
        plan(w, 64, Epilogue.NONE.withBias(bias).withAccumulate(true).withRelu())
                .run(dy, dx);
        float[] actual = new float[24];
        for (int col = 0; col < 24; col++) {
            actual[col] = dx.get(9, col);
        }
        assertArrayEquals(expected, actual);
    }

    @Test
    void anOutputThatNobodyKeepsHidesItsNan() {
        SemiStructuredMatrix w = weights(80, 32);
        PanelMatrix dy = panels(64, 80);
        PanelMatrix dx = panels(64, 32);
        dy.set(7, 3, Float.NaN);
        plan(w, 64, Epilogue.NONE).run(dy, dx);
        for (int col = 0; col < 32; col++) {
            boolean keeps = w.pattern().find(3, col) >= 0;
            assertEquals(keeps, Float.isNaN(dx.get(7, col)), "column " + col);
        }
    }
}
