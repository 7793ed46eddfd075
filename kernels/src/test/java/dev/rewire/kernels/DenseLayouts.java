package dev.rewire.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;

/** The layouts of dense matrices. */
final class DenseLayouts implements ArbitrarySupplier<Layout> {
    @Override
    public Arbitrary<Layout> get() {
        return Arbitraries.of(Layout.ROW_MAJOR, Layout.FEATURE_MAJOR);
    }
}
