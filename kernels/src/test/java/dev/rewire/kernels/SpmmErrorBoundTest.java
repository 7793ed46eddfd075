package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Every element within the error bound of its sum, whatever the values, the shapes and the epilogue. */
@Tag("species")
class SpmmErrorBoundTest {
    @Property(tries = 225)
    void forwardDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.Any.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.FORWARD, epilogue), layout);
    }

    @Property(tries = 150)
    void forwardPanels(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.FORWARD, epilogue), Layout.PANELS);
    }

    @Property(tries = 225)
    void backwardInputDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.Any.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), layout);
    }

    @Property(tries = 150)
    void backwardInputPanels(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll EpilogueKind epilogue) {
        assertWithinBound(new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue), Layout.PANELS);
    }

    private static void assertWithinBound(SpmmCase product, Layout layout) {
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }
}
