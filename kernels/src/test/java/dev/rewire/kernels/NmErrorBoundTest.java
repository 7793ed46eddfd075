package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Every element of an N:M product within the error bound of its sum, whatever the values, the shapes and the epilogue. */
@Tag("species")
class NmErrorBoundTest {
    @Property(tries = 150)
    void forwardDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.FORWARD, epilogue), layout);
    }

    @Property(tries = 150)
    void backwardInputOfAGeneralPatternDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.General.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 150)
    void backwardInputOfATransposablePatternDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Transposable.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 150)
    void backwardWeightDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }

    @Property(tries = 100)
    void forwardPanels(@ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.FORWARD, epilogue), Layout.PANELS);
    }

    @Property(tries = 100)
    void backwardInputOfAGeneralPatternPanels(
            @ForAll(supplier = NmProblems.General.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    @Property(tries = 100)
    void backwardInputOfATransposablePatternPanels(
            @ForAll(supplier = NmProblems.Transposable.class) NmProblem problem, @ForAll EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    @Property(tries = 100)
    void backwardWeightPanels(@ForAll(supplier = NmProblems.Any.class) NmProblem problem, @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        product.expected().assertWithinBound(product.resultOf(Layout.PANELS, 1));
    }

    private static void assertWithinBound(SpmmCase product, Layout layout) {
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }
}
