package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** Optimiser steps against the same formulas in double precision. */
@Tag("species")
class UpdatesTest {
    private static final double U = 0x1p-24;
    private static final float RATE = 0.1f;
    private static final float MOMENTUM = 0.9f;
    private static final float DECAY = 0.01f;

    private final Workers workers = Workers.of(2);
    private TestMemory memory;
    private float[] w;
    private float[] g;
    private float[] v;
    private float[] m;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    private void draw(int size) {
        SplittableRandom random = new SplittableRandom(size);
        w = new float[size];
        g = new float[size];
        v = new float[size];
        m = new float[size];
        for (int i = 0; i < size; i++) {
            w[i] = random.nextFloat(-1, 1);
            g[i] = random.nextFloat(-1, 1);
            m[i] = random.nextFloat(-1, 1);
            v[i] = random.nextFloat(0, 1);
        }
    }

    private MemorySegment segment(float[] elements) {
        // Off the vector alignment, as any caller's memory may be.
        MemorySegment segment = memory.floats(elements.length, 1);
        MemorySegment.copy(elements, 0, segment, ValueLayout.JAVA_FLOAT, 0, elements.length);
        return segment;
    }

    @Property(tries = 60)
    void sgd(@ForAll @IntRange(max = 140) int size) {
        checkSgd(size, false);
    }

    @Property(tries = 60)
    void nesterov(@ForAll @IntRange(max = 140) int size) {
        checkSgd(size, true);
    }

    @Example
    void sgdOfSeveralTasks() {
        checkSgd(200_003, false);
    }

    private void checkSgd(int size, boolean nesterov) {
        draw(size);
        MemorySegment weights = segment(w);
        MemorySegment velocity = segment(v);
        Updates.sgd(weights, segment(g), velocity, RATE, MOMENTUM, nesterov, DECAY, workers);
        for (int i = 0; i < size; i++) {
            double gradient = g[i] + (double) DECAY * w[i];
            double speed = (double) MOMENTUM * v[i] + gradient;
            double step = nesterov ? gradient + MOMENTUM * speed : speed;
            double size1 = Math.abs(g[i]) + DECAY * Math.abs(w[i]);
            double size2 = MOMENTUM * Math.abs(v[i]) + size1;
            // Products and sums on the longest way to a result: 4 for the velocity, 3 more for a look ahead, 2 for the
            // step.
            assertNear(speed, velocity, i, gamma(4) * size2);
            assertNear(
                    w[i] - RATE * step,
                    weights,
                    i,
                    gamma(nesterov ? 9 : 6) * (Math.abs(w[i]) + RATE * (nesterov ? size1 + MOMENTUM * size2 : size2)));
        }
    }

    @Property(tries = 60)
    void adam(@ForAll @IntRange(max = 140) int size) {
        checkAdam(size, 3, new Updates.Adam(0.9f, 0.999f, 1e-8f, DECAY, 0));
    }

    @Property(tries = 60)
    void adamW(@ForAll @IntRange(max = 140) int size) {
        checkAdam(size, 3, new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, DECAY));
    }

    @Example
    void firstStepOfAdam() {
        checkAdam(33, 1, new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, 0));
    }

    @Example
    void lateStepOfAdam() {
        checkAdam(33, 1_000_000, new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, 0));
    }

    private void checkAdam(int size, int step, Updates.Adam settings) {
        draw(size);
        MemorySegment weights = segment(w);
        MemorySegment first = segment(m);
        MemorySegment second = segment(v);
        Updates.adam(weights, segment(g), first, second, step, settings, RATE, workers);
        for (int i = 0; i < size; i++) {
            double gradient = g[i] + (double) settings.l2() * w[i];
            double gradientSize = Math.abs(g[i]) + settings.l2() * Math.abs(w[i]);
            double beta1 = settings.beta1();
            double beta2 = settings.beta2();
            double mean = beta1 * m[i] + (1 - beta1) * gradient;
            double meanSize = beta1 * Math.abs(m[i]) + (1 - beta1) * gradientSize;
            double square = beta2 * v[i] + (1 - beta2) * gradient * gradient;
            double squareSize = beta2 * v[i] + (1 - beta2) * gradientSize * gradientSize;
            double mHat = mean / (1 - Math.pow(beta1, step));
            double vHat = square / (1 - Math.pow(beta2, step));
            double denominator = Math.sqrt(vHat) + settings.epsilon();
            double stepSize = RATE * meanSize / (1 - Math.pow(beta1, step)) / denominator;
            double expected = w[i] - (RATE * mHat / denominator + (double) RATE * settings.decay() * w[i]);
            // At most 5 and 8 roundings for the moments, where 1 − β is one of them; 24 on the way of both to the step.
            assertNear(mean, first, i, gamma(5) * meanSize);
            assertNear(square, second, i, gamma(8) * squareSize);
            assertNear(expected, weights, i, gamma(24) * (Math.abs(w[i]) * (1 + RATE * settings.decay()) + stepSize));
        }
    }

    @Property(tries = 60)
    void sumOverBatch(@ForAll(supplier = Problems.Any.class) Problem problem) {
        Grid dy = problem.values().alternatingGrid(problem.batch(), problem.cols(), problem.random(1));
        DenseMatrix sums = Grid.filled(1, problem.cols(), Float.NaN).rowMajor(memory, problem.offset(), 0);
        Updates.sumOverBatch(dy.panels(memory.kernels()), sums, workers);
        Oracle oracle = new Oracle(1, problem.cols());
        for (int sample = 0; sample < problem.batch(); sample++) {
            for (int feature = 0; feature < problem.cols(); feature++) {
                oracle.add(0, feature, dy.at(sample, feature));
            }
        }
        oracle.assertWithinBound(Grid.read(sums));
    }

    @Example
    void sumOverBatchOfSeveralTasks() {
        PanelMatrix dy = Grid.of(70, 777, (row, col) -> col).panels(memory.kernels());
        DenseMatrix sums = new Grid(1, 777).rowMajor(memory);
        Updates.sumOverBatch(dy, sums, workers);
        for (int feature = 0; feature < 777; feature++) {
            assertEquals(70 * feature, sums.get(0, feature));
        }
    }

    @Example
    void refusesGradientsOfAnotherSize() {
        MemorySegment five = memory.floats(5, 0);
        MemorySegment six = memory.floats(6, 0);
        Refusal.ofArgument("gradients.byteSize: 24 ", () -> Updates.sgd(five, six, five, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesVelocityOfAnotherSize() {
        MemorySegment five = memory.floats(5, 0);
        MemorySegment four = memory.floats(4, 0);
        Refusal.ofArgument("velocity: 16 bytes ", () -> Updates.sgd(five, five, four, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesWeightsOnTheHeap() {
        MemorySegment heap = MemorySegment.ofArray(new float[5]);
        Refusal.ofArgument("weights: a heap segment", () -> Updates.sgd(heap, heap, heap, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesWeightsOfAPartOfAFloat() {
        MemorySegment bytes = memory.callers().allocate(22, 4);
        Refusal.ofArgument("weights.byteSize: 22 ", () -> Updates.sgd(bytes, bytes, bytes, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesConfinedWeightsForTwoWorkers() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment mine = confined.allocate(20, 4);
            Refusal.ofArgument(
                    "weights: a segment of a confined arena",
                    () -> Updates.sgd(mine, mine, mine, RATE, 0, false, 0, workers));
        }
    }

    @Example
    void refusesClosedMoments() {
        MemorySegment five = memory.floats(5, 0);
        Arena closed = Arena.ofShared();
        MemorySegment gone = closed.allocate(20, 4);
        closed.close();
        Refusal.ofState(
                "second: ",
                () -> Updates.adam(five, five, five, gone, 1, new Updates.Adam(0, 0, 1, 0, 0), RATE, workers));
    }

    @Example
    void refusesStepZeroOfAdam() {
        MemorySegment five = memory.floats(5, 0);
        Refusal.ofArgument(
                "step: 0 ",
                () -> Updates.adam(five, five, five, five, 0, new Updates.Adam(0, 0, 1, 0, 0), RATE, workers));
    }

    @Example
    void refusesSumsOfAnotherSize() {
        PanelMatrix dy = new Grid(3, 5).panels(memory.kernels());
        Refusal.ofArgument("sums.cols: 4 ", () -> Updates.sumOverBatch(dy, new Grid(1, 4).rowMajor(memory), workers));
    }

    @Example
    void refusesToSumAClosedMatrix() {
        KernelArena closed = KernelArena.open();
        PanelMatrix dy = PanelMatrix.allocate(closed, 3, 5);
        closed.close();
        Refusal.ofState("dy: ", () -> Updates.sumOverBatch(dy, new Grid(1, 5).rowMajor(memory), workers));
    }

    private static double gamma(int k) {
        return k * U / (1 - k * U);
    }

    private static void assertNear(double expected, MemorySegment actual, int i, double bound) {
        float got = actual.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        assertEquals(expected, got, bound, () -> "element " + i);
    }
}
