package dev.rewire.kernels;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** On small integers no rounding happens: gradients are the exact sums. */
@Tag("species")
class SddmmExactTest {
    @Property(tries = 150)
    void overwritingDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, false), layout);
    }

    @Property(tries = 100)
    void overwritingPanels(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, false), Layout.PANELS);
    }

    @Property(tries = 150)
    void accumulatingDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, true), layout);
    }

    @Property(tries = 100)
    void accumulatingPanels(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, true), Layout.PANELS);
    }

    private static void assertExact(SddmmCase product, Layout layout) {
        product.expected().assertExact(product.resultOf(layout, 1));
    }
}
