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

    private DenseMatrix vector(float[] elements) {
        // Off the vector alignment, as any caller's memory may be.
        MemorySegment segment = memory.floats(elements.length, 1);
        MemorySegment.copy(elements, 0, segment, ValueLayout.JAVA_FLOAT, 0, elements.length);
        return DenseMatrix.of(segment, 1, elements.length);
    }

    private DenseMatrix vector(int size) {
        return vector(new float[size]);
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
        DenseMatrix weights = vector(w);
        DenseMatrix velocity = vector(v);
        Updates.sgd(weights, vector(g), velocity, RATE, MOMENTUM, nesterov, DECAY, workers);
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
        DenseMatrix weights = vector(w);
        DenseMatrix first = vector(m);
        DenseMatrix second = vector(v);
        Updates.adam(weights, vector(g), first, second, step, settings, RATE, workers);
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

    @Property(tries = 60)
    void withoutMomentumNoVelocityIsNeeded(@ForAll @IntRange(max = 140) int size) {
        draw(size);
        DenseMatrix weights = vector(w);
        Updates.sgd(weights, vector(g), null, RATE, 0, false, DECAY, workers);
        for (int i = 0; i < size; i++) {
            double sizes = Math.abs(w[i]) + RATE * (Math.abs(g[i]) + DECAY * Math.abs(w[i]));
            assertNear(w[i] - RATE * (g[i] + (double) DECAY * w[i]), weights, i, gamma(4) * sizes);
        }
    }

    @Example
    void everyFormatIsUpdatedAsDenseVectorsAre() {
        draw(96);
        BlockPattern blocks = BlockPattern.random(24, 16, 2, 4, 12, new SplittableRandom(1));
        NmPattern nm = NmPattern.random(12, 16, 2, 4, 1, new SplittableRandom(1));
        DenseMatrix wd = vector(w);
        DenseMatrix vd = vector(v);
        Updates.sgd(wd, vector(g), vd, RATE, MOMENTUM, true, DECAY, workers);
        BlockSparseMatrix wb = blocks(blocks, w);
        BlockSparseMatrix vb = blocks(blocks, v);
        Updates.sgd(wb, blocks(blocks, g), vb, RATE, MOMENTUM, true, DECAY, workers);
        assertEquals(-1, wb.values().mismatch(wd.segment()));
        assertEquals(-1, vb.values().mismatch(vd.segment()));
        SemiStructuredMatrix wn = nm(nm, w);
        SemiStructuredMatrix vn = nm(nm, v);
        Updates.sgd(wn, nm(nm, g), vn, RATE, MOMENTUM, true, DECAY, workers);
        assertEquals(-1, wn.values().mismatch(wd.segment()));

        Updates.Adam settings = new Updates.Adam(0.9f, 0.999f, 1e-8f, DECAY, 0);
        DenseMatrix md = vector(m);
        Updates.adam(wd, vector(g), md, vd, 2, settings, RATE, workers);
        Updates.adam(wb, blocks(blocks, g), blocks(blocks, m), vb, 2, settings, RATE, workers);
        Updates.adam(wn, nm(nm, g), nm(nm, m), vn, 2, settings, RATE, workers);
        assertEquals(-1, wb.values().mismatch(wd.segment()));
        assertEquals(-1, wn.values().mismatch(wd.segment()));
    }

    private BlockSparseMatrix blocks(BlockPattern pattern, float[] values) {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), pattern);
        matrix.values().copyFrom(MemorySegment.ofArray(values));
        return matrix;
    }

    private SemiStructuredMatrix nm(NmPattern pattern, float[] values) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(memory.kernels(), pattern);
        matrix.values().copyFrom(MemorySegment.ofArray(values));
        return matrix;
    }

    @Example
    void refusesAGradientOfAnotherShape() {
        DenseMatrix five = vector(5);
        Refusal.ofArgument(
                "dw: 1×6 has other places than w, 1×5; accepted are the same",
                () -> Updates.sgd(five, vector(6), null, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesAGradientOfAnotherPatternOfEqualSize() {
        BlockSparseMatrix weights =
                blocks(BlockPattern.random(24, 16, 2, 4, 12, new SplittableRandom(1)), new float[96]);
        BlockSparseMatrix other = blocks(BlockPattern.random(24, 16, 2, 4, 12, new SplittableRandom(2)), new float[96]);
        Refusal.ofArgument(
                "dw: BlockPattern 24×16, 12 blocks of 2×4 has",
                () -> Updates.sgd(weights, other, null, RATE, 0, false, 0, workers));
    }

    @Example
    void refusesAGradientRewiredSince() {
        NmPattern pattern = NmPattern.random(12, 16, 2, 4, 1, new SplittableRandom(1));
        SemiStructuredMatrix weights = nm(pattern, new float[96]);
        SemiStructuredMatrix gradient = nm(pattern, new float[96]);
        gradient.rewire(NmPattern.random(12, 16, 2, 4, 1, new SplittableRandom(2)));
        Refusal.ofArgument(
                "dw: NmPattern 12×16, 2:4 has", () -> Updates.sgd(weights, gradient, null, RATE, 0, false, 0, workers));
    }

    @Example
    void acceptsAnEqualPattern() {
        BlockSparseMatrix weights = blocks(BlockPattern.full(4, 4, 2, 2), new float[16]);
        BlockSparseMatrix gradient = blocks(BlockPattern.full(4, 4, 2, 2), new float[16]);
        Updates.sgd(weights, gradient, null, RATE, 0, false, 0, workers);
    }

    @Example
    void refusesValuesThatAreNoFloats() {
        BlockPattern pattern = BlockPattern.full(4, 4, 2, 2);
        BlockSparseMatrix weights = BlockSparseMatrix.allocate(memory.kernels(), pattern, ValueType.BF16);
        BlockSparseMatrix gradient = BlockSparseMatrix.allocate(memory.kernels(), pattern);
        Refusal.ofArgument(
                "w: values stored as BF16", () -> Updates.sgd(weights, gradient, null, 1, 0, false, 0, workers));
        Refusal.ofArgument(
                "dw: values stored as BF16", () -> Updates.sgd(gradient, weights, null, 1, 0, false, 0, workers));
    }

    @Example
    void refusesMatricesThatShareMemory() {
        DenseMatrix five = vector(5);
        Refusal.ofArgument("dw: shares memory with w", () -> Updates.sgd(five, five, null, RATE, 0, false, 0, workers));
        DenseMatrix gradient = vector(5);
        Refusal.ofArgument(
                "velocity: shares memory with dw",
                () -> Updates.sgd(five, gradient, gradient, RATE, MOMENTUM, false, 0, workers));
    }

    @Example
    void refusesNumbersOutOfRange() {
        DenseMatrix a = vector(5);
        DenseMatrix b = vector(5);
        DenseMatrix c = vector(5);
        Refusal.ofArgument("rate: NaN ", () -> Updates.sgd(a, b, null, Float.NaN, 0, false, 0, workers));
        Refusal.ofArgument("rate: Infinity ", () -> Updates.sgd(a, b, null, 1 / 0f, 0, false, 0, workers));
        Refusal.ofArgument("momentum: 1.0 ", () -> Updates.sgd(a, b, c, RATE, 1, false, 0, workers));
        Refusal.ofArgument("momentum: -0.1 ", () -> Updates.sgd(a, b, c, RATE, -0.1f, false, 0, workers));
        Refusal.ofArgument("decay: NaN ", () -> Updates.sgd(a, b, null, RATE, 0, false, Float.NaN, workers));
        Refusal.ofArgument("velocity: null ", () -> Updates.sgd(a, b, null, RATE, MOMENTUM, false, 0, workers));
        Refusal.ofArgument("velocity: given ", () -> Updates.sgd(a, b, c, RATE, 0, false, 0, workers));
        Refusal.ofArgument("beta1: 1.0 ", () -> new Updates.Adam(1, 0, 1, 0, 0));
        Refusal.ofArgument("beta2: NaN ", () -> new Updates.Adam(0, Float.NaN, 1, 0, 0));
        Refusal.ofArgument("epsilon: 0.0 ", () -> new Updates.Adam(0, 0, 0, 0, 0));
        Refusal.ofArgument("l2: Infinity ", () -> new Updates.Adam(0, 0, 1, 1 / 0f, 0));
        Refusal.ofArgument("decay: -1.0 ", () -> new Updates.Adam(0, 0, 1, 0, -1));
    }

    @Example
    void refusesReadOnlyWeights() {
        DenseMatrix weights = DenseMatrix.of(memory.floats(5, 0).asReadOnly(), 1, 5);
        Refusal.ofArgument(
                "w: a read-only segment", () -> Updates.sgd(weights, vector(5), null, 1, 0, false, 0, workers));
    }

    @Example
    void refusesConfinedWeightsForTwoWorkers() {
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, 1, 5);
            Refusal.ofArgument(
                    "w: a segment of a confined arena",
                    () -> Updates.sgd(mine, vector(5), null, RATE, 0, false, 0, workers));
        }
    }

    @Example
    void refusesClosedMoments() {
        KernelArena closed = KernelArena.open();
        NmPattern pattern = NmPattern.random(12, 16, 2, 4, 1, new SplittableRandom(1));
        SemiStructuredMatrix gone = SemiStructuredMatrix.allocate(closed, pattern);
        closed.close();
        SemiStructuredMatrix a = nm(pattern, new float[96]);
        SemiStructuredMatrix b = nm(pattern, new float[96]);
        SemiStructuredMatrix c = nm(pattern, new float[96]);
        Updates.Adam settings = new Updates.Adam(0, 0, 1, 0, 0);
        Refusal.ofState("second: ", () -> Updates.adam(a, b, c, gone, 1, settings, RATE, workers));
        // What was held for it is given back: this arena closes after the test.
    }

    @Example
    void refusesStepZeroOfAdam() {
        DenseMatrix a = vector(5);
        Refusal.ofArgument(
                "step: 0 is out of range; accepted are numbers from 1",
                () -> Updates.adam(
                        a, vector(5), vector(5), vector(5), 0, new Updates.Adam(0, 0, 1, 0, 0), RATE, workers));
    }

    @Example
    void refusesSumsOfAnotherSize() {
        PanelMatrix dy = new Grid(3, 5).panels(memory.kernels());
        Refusal.ofArgument("sums.cols: 4 ", () -> Updates.sumOverBatch(dy, new Grid(1, 4).rowMajor(memory), workers));
    }

    @Example
    void refusesSumsThatAreReadOnlyOrThoseOfTheMatrix() {
        PanelMatrix dy = new Grid(3, 5).panels(memory.kernels());
        DenseMatrix constant = DenseMatrix.of(memory.floats(5, 0).asReadOnly(), 1, 5);
        Refusal.ofArgument("sums: a read-only segment", () -> Updates.sumOverBatch(dy, constant, workers));
        DenseMatrix inside = DenseMatrix.of(dy.segment().asSlice(64), 1, 5);
        Refusal.ofArgument("sums: shares memory with dy", () -> Updates.sumOverBatch(dy, inside, workers));
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

    private static void assertNear(double expected, DenseMatrix actual, int i, double bound) {
        float got = actual.get(0, i);
        assertEquals(expected, got, bound, () -> "element " + i);
    }
}
