package dev.rewire.kernels;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** On small integers no rounding happens: gradients are the exact sums. */
@Tag("species")
class SddmmExactTest {
    @Property(tries = 100)
    void overwritingRowMajor(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, false), Layout.ROW_MAJOR);
    }

    @Property(tries = 100)
    void overwritingPanels(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, false), Layout.PANELS);
    }

    @Property(tries = 100)
    void accumulatingRowMajor(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, true), Layout.ROW_MAJOR);
    }

    @Property(tries = 100)
    void accumulatingPanels(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertExact(new SddmmCase(problem, true), Layout.PANELS);
    }

    private static void assertExact(SddmmCase product, Layout layout) {
        product.expected().assertExact(product.resultOf(layout, 1));
    }
}
