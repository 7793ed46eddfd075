package dev.rewire.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Every N:M, shapes around the bytes that indices are packed in, empty ones too. */
final class NmCases implements ArbitrarySupplier<NmCase> {
    @Override
    public Arbitrary<NmCase> get() {
        return Arbitraries.of(2, 4, 8, 16)
                .flatMap(m -> Combinators.combine(
                                Arbitraries.frequencyOf(
                                        Tuple.of(1, Arbitraries.just(0)),
                                        Tuple.of(9, Arbitraries.integers().between(1, 20))),
                                Arbitraries.frequencyOf(
                                        Tuple.of(1, Arbitraries.just(0)),
                                        Tuple.of(9, Arbitraries.integers().between(1, 9))),
                                Arbitraries.integers().between(1, m),
                                Arbitraries.of(1, 1, 2, 3, 4, 8),
                                Arbitraries.longs())
                        .as((rows, groups, n, sharedRows, seed) -> new NmCase(rows, groups, n, m, sharedRows, seed)))
                .withoutEdgeCases();
    }
}
