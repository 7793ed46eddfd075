package dev.rewire.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Problems around the sizes where kernels change their path: vector and panel widths, block edges. Dimensions shrink first. */
final class Problems {
    private Problems() {}

    static final class Any implements ArbitrarySupplier<Problem> {
        @Override
        public Arbitrary<Problem> get() {
            return problems(Arbitraries.of(Values.class));
        }
    }

    static final class OfIntegers implements ArbitrarySupplier<Problem> {
        @Override
        public Arbitrary<Problem> get() {
            return problems(Arbitraries.just(Values.SMALL_INTEGERS));
        }
    }

    /** Without an empty dimension. */
    static final class OfIntegersNotEmpty implements ArbitrarySupplier<Problem> {
        @Override
        public Arbitrary<Problem> get() {
            return new OfIntegers()
                    .get()
                    .filter(problem -> problem.batch() > 0 && problem.rows() > 0 && problem.cols() > 0);
        }
    }

    private static Arbitrary<Problem> problems(Arbitrary<Values> values) {
        return Combinators.combine(
                        sizes(),
                        sizes(),
                        sizes(),
                        blockSides(),
                        blockSides(),
                        Arbitraries.of(0, 10, 30, 50, 90, 100),
                        Combinators.combine(Arbitraries.of(0, 1, 3, 8, 15), Arbitraries.of(0, 1, 3, 13, 64))
                                .as(Tuple::of),
                        Combinators.combine(values, Arbitraries.longs()).as(Tuple::of))
                .as((batch, rows, cols, blockRows, blockCols, percent, place, content) -> new Problem(
                        batch,
                        rows,
                        cols,
                        blockRows,
                        blockCols,
                        percent,
                        place.get1(),
                        place.get2(),
                        content.get1(),
                        content.get2()))
                // The sizes themselves are the edges.
                .withoutEdgeCases();
    }

    private static Arbitrary<Integer> sizes() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0)),
                Tuple.of(12, Arbitraries.of(1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65)),
                Tuple.of(3, Arbitraries.of(127, 128, 129)),
                Tuple.of(4, Arbitraries.integers().between(1, 140)));
    }

    private static Arbitrary<Integer> blockSides() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of(1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64)),
                Tuple.of(1, Arbitraries.integers().between(1, BlockPattern.MAX_BLOCK)));
    }
}
