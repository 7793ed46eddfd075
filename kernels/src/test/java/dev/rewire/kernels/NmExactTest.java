package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** On small integers no rounding happens: N:M products are the exact sums, and those of the same matrix in 1×1 blocks. */
@Tag("species")
class NmExactTest {
    @Property(tries = 90)
    void forwardDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.FORWARD, epilogue), layout);
    }

    @Property(tries = 90)
    void backwardInputOfAGeneralPatternDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.General.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 90)
    void backwardInputOfATransposablePatternDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Transposable.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 90)
    void backwardWeightDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem.with(Values.SMALL_INTEGERS), accumulate);
        product.expected().assertExact(product.resultOf(layout, 1));
    }

    @Property(tries = 60)
    void forwardPanels(@ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.FORWARD, epilogue), Layout.PANELS);
    }

    @Property(tries = 60)
    void backwardInputOfAGeneralPatternPanels(
            @ForAll(supplier = NmProblems.General.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertExact(
                new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    @Property(tries = 60)
    void backwardInputOfATransposablePatternPanels(
            @ForAll(supplier = NmProblems.Transposable.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertExact(
                new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    @Property(tries = 60)
    void backwardWeightPanels(@ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem.with(Values.SMALL_INTEGERS), accumulate);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 60)
    void forwardIsThatOfSingleBlocks(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertSameAsSingleBlocks(problem, Direction.FORWARD, epilogue);
    }

    @Property(tries = 60)
    void backwardInputIsThatOfSingleBlocks(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertSameAsSingleBlocks(problem, Direction.BACKWARD_INPUT, epilogue);
    }

    @Property(tries = 60)
    void backwardWeightIsThatOfSingleBlocks(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem.with(Values.SMALL_INTEGERS), accumulate);
        assertSameValues(
                product.withPattern(problem.singleBlocks()).resultOf(Layout.PANELS, 1),
                product.resultOf(Layout.PANELS, 1));
    }

    private static void assertExact(SpmmCase product, Layout layout) {
        product.expected().assertExact(product.resultOf(layout, 1));
    }

    private static void assertSameAsSingleBlocks(NmProblem any, Direction direction, EpilogueKind epilogue) {
        NmProblem problem = any.with(Values.SMALL_INTEGERS);
        assertSameValues(
                new SpmmCase(problem, direction, epilogue, problem.singleBlocks()).resultOf(Layout.PANELS, 1),
                new SpmmCase(problem, direction, epilogue).resultOf(Layout.PANELS, 1));
    }

    private static void assertSameValues(Grid expected, Grid actual) {
        assertTrue(expected.sameValues(actual), () -> actual + " instead of " + expected);
    }
}
