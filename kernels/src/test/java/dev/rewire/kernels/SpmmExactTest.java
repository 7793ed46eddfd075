package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** On small integers no rounding happens: results are the exact sums. */
@Tag("species")
class SpmmExactTest {
    @Property(tries = 150)
    void forwardDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.OfIntegers.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem, Direction.FORWARD, epilogue), layout);
    }

    @Property(tries = 100)
    void forwardPanels(@ForAll(supplier = Problems.OfIntegers.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem, Direction.FORWARD, epilogue), Layout.PANELS);
    }

    @Property(tries = 150)
    void backwardInputDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.OfIntegers.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 100)
    void backwardInputPanels(
            @ForAll(supplier = Problems.OfIntegers.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertExact(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    private static void assertExact(SpmmCase product, Layout layout) {
        product.expected().assertExact(product.resultOf(layout, 1));
    }
}
