package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarmUpTest {
    /** Blocks reach over both edges. */
    private static final Problem PROBLEM = Problem.of(5, 30, 21, 4, 8, 50);

    @AutoClose
    private final TestMemory memory = TestMemory.open();

    @AutoClose
    private final Workers workers = Workers.of(2);

    @ParameterizedTest
    @EnumSource
    void aWarmPlanComputesTheSame(Layout layout) {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.BIAS_RELU);
        try (SpmmPlan plan = product.plan(layout, memory, workers)) {
            plan.warmUp();
            Grid output;
            if (layout == Layout.PANELS) {
                PanelMatrix y = product.oldOutput.panels(memory.kernels());
                plan.run(product.input.panels(memory.kernels()), y);
                output = Grid.read(y);
            } else {
                DenseMatrix y = product.oldOutput.dense(layout, memory);
                plan.run(product.input.dense(layout, memory), y);
                output = Grid.read(layout, y);
            }
            assertTrue(product.resultOf(layout, 1).sameBits(output));
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingToTheGradient(Layout layout) {
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(memory.kernels(), PROBLEM.pattern());
        dw.fill(3);
        float[] before = dw.values().toArray(ValueLayout.JAVA_FLOAT);
        try (SddmmPlan plan = SddmmPlan.backwardWeight(memory.kernels(), dw, 5, layout, true, workers)) {
            plan.warmUp();
        }
        assertArrayEquals(before, dw.values().toArray(ValueLayout.JAVA_FLOAT));
    }

    @Test
    void theGradientIsWrittenAfterwards() {
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(memory.kernels(), BlockPattern.full(1, 1, 1, 1));
        DenseMatrix two = DenseMatrix.allocate(memory.kernels(), 1, 1);
        two.set(0, 0, 2);
        try (SddmmPlan plan = SddmmPlan.backwardWeight(memory.kernels(), dw, 1, Layout.ROW_MAJOR, false, workers)) {
            plan.warmUp();
            plan.run(two, two);
        }
        assertEquals(4, dw.get(0, 0));
    }

    @Test
    void refusesAClosedPlan() {
        SpmmPlan plan =
                new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.NONE).plan(Layout.PANELS, memory, workers);
        plan.close();
        assertThrows(IllegalStateException.class, plan::warmUp);
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(memory.kernels(), PROBLEM.pattern());
        SddmmPlan gradient = SddmmPlan.backwardWeight(memory.kernels(), dw, 5, Layout.PANELS, true, workers);
        gradient.close();
        assertThrows(IllegalStateException.class, gradient::warmUp);
    }

    @Test
    void refusesAPlanOfAnotherPattern() {
        BlockSparseMatrix w = BlockSparseMatrix.allocate(memory.kernels(), PROBLEM.pattern());
        SpmmPlan plan = SpmmPlan.forward(memory.kernels(), w, 5, Layout.PANELS, Epilogue.NONE, workers);
        SddmmPlan gradient = SddmmPlan.backwardWeight(memory.kernels(), w, 5, Layout.PANELS, true, workers);
        w.rewire(PROBLEM.withPercent(50).pattern());
        assertThrows(IllegalStateException.class, plan::warmUp);
        assertThrows(IllegalStateException.class, gradient::warmUp);
    }

    /** Milliseconds that runs take, of which the last goes on for ever. */
    private static WarmUp ofRuns(long... millis) {
        AtomicInteger run = new AtomicInteger();
        AtomicLong clock = new AtomicLong();
        return WarmUp.of(
                () -> clock.addAndGet(1_000_000 * millis[Math.min(run.getAndIncrement(), millis.length - 1)]),
                clock::get,
                () -> 0);
    }

    @Test
    void goesOnWhileTheJitIsBusy() {
        AtomicLong clock = new AtomicLong();
        // One of two processors compiles, for two seconds.
        WarmUp took =
                WarmUp.of(() -> clock.addAndGet(10_000_000), clock::get, () -> Math.min(2000, clock.get() / 1_000_000));
        assertEquals(millis(10 + 4 * 500 + 500), took.took());
    }

    @Test
    void endsHalfASecondAfterTheLastFasterRun() {
        WarmUp took = ofRuns(300, 200, 100, 10);
        assertEquals(new WarmUp(4 + 50, millis(1110), millis(300), millis(10)), took);
    }

    @Test
    void waitsForTenRunsOfALongProduct() {
        assertEquals(new WarmUp(11, millis(11 * 100), millis(100), millis(100)), ofRuns(100));
    }

    @Test
    void aHundredthFasterIsNoise() {
        assertEquals(
                11,
                ofRuns(1000 / 10, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 98).runs());
    }

    @Test
    void endsAfterFiveSecondsEvenIfRunsGetFaster() {
        assertEquals(
                millis(2000 + 1500 + 1100 + 500),
                ofRuns(2000, 1500, 1100, 500, 1).took());
    }

    private static Duration millis(long count) {
        return Duration.ofMillis(count);
    }
}
