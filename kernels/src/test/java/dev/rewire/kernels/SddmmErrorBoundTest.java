package dev.rewire.kernels;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Every stored element of dW within the error bound of its sum, and zero where no block is stored. */
@Tag("species")
class SddmmErrorBoundTest {
    @Property(tries = 225)
    void overwritingDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.Any.class) Problem problem) {
        assertWithinBound(new SddmmCase(problem, false), layout);
    }

    @Property(tries = 150)
    void overwritingPanels(@ForAll(supplier = Problems.Any.class) Problem problem) {
        assertWithinBound(new SddmmCase(problem, false), Layout.PANELS);
    }

    @Property(tries = 225)
    void accumulatingDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.Any.class) Problem problem) {
        assertWithinBound(new SddmmCase(problem, true), layout);
    }

    @Property(tries = 150)
    void accumulatingPanels(@ForAll(supplier = Problems.Any.class) Problem problem) {
        assertWithinBound(new SddmmCase(problem, true), Layout.PANELS);
    }

    private static void assertWithinBound(SddmmCase product, Layout layout) {
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }
}
