package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** The number of workers changes no bit. */
@Tag("species")
class WorkersBitsTest {
    @Property(tries = 120)
    void ofForward(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Layout layout,
            @ForAll @IntRange(min = 2, max = 4) int threads) {
        assertSameBits(new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS_RELU), layout, threads);
    }

    @Property(tries = 120)
    void ofBackwardInput(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Layout layout,
            @ForAll @IntRange(min = 2, max = 4) int threads) {
        assertSameBits(new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE), layout, threads);
    }

    @Property(tries = 120)
    void ofBackwardWeight(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Layout layout,
            @ForAll @IntRange(min = 2, max = 4) int threads) {
        assertSameBits(new SddmmCase(problem, true), layout, threads);
    }

    private static void assertSameBits(SddmmCase product, Layout layout, int threads) {
        Grid expected = product.resultOf(layout, 1);
        Grid actual = product.resultOf(layout, threads);
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }

    private static void assertSameBits(SpmmCase product, Layout layout, int threads) {
        Grid expected = product.resultOf(layout, 1);
        Grid actual = product.resultOf(layout, threads);
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
