package dev.rewire.kernels;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** N:M problems around the sizes where kernels change their path: panels, rests of a vector, chunks of inputs, rows that share places. */
final class NmProblems {
    private NmProblems() {}

    static final class Any implements ArbitrarySupplier<NmProblem> {
        @Override
        public Arbitrary<NmProblem> get() {
            return Arbitraries.of(false, true).flatMap(NmProblems::problems);
        }
    }

    /** Of random places, which are rarely transposable. */
    static final class General implements ArbitrarySupplier<NmProblem> {
        @Override
        public Arbitrary<NmProblem> get() {
            return problems(false);
        }
    }

    static final class Transposable implements ArbitrarySupplier<NmProblem> {
        @Override
        public Arbitrary<NmProblem> get() {
            return problems(true);
        }
    }

    private static Arbitrary<NmProblem> problems(boolean transposable) {
        return Arbitraries.of(2, 4, 8, 16)
                .flatMap(m -> Combinators.combine(
                                transposable ? groups(m).map(tiles -> tiles * m) : rows(),
                                groups(m),
                                Arbitraries.integers().between(1, m),
                                Arbitraries.of(1, 1, 2, 4, 8),
                                Arbitraries.of(1, 1, 1, 2, 15, 16, 17, 33, 64, 65, 130),
                                Combinators.combine(Arbitraries.of(0, 1, 3, 15), Arbitraries.of(0, 1, 13))
                                        .as(Tuple::of),
                                Arbitraries.of(Values.class),
                                Arbitraries.longs())
                        .as((rows, groups, n, sharedRows, batch, place, values, seed) -> new NmProblem(
                                new NmCase(transposable ? rows : rows * sharedRows, groups, n, m, sharedRows, seed),
                                transposable,
                                batch,
                                place.get1(),
                                place.get2(),
                                values)))
                .withoutEdgeCases();
    }

    private static Arbitrary<Integer> rows() {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0)),
                Tuple.of(4, Arbitraries.of(1, 3, 5)),
                Tuple.of(6, Arbitraries.integers().between(1, 12)));
    }

    /** Few, or as many as lie around the ends of chunks of inputs. */
    private static Arbitrary<Integer> groups(int m) {
        return Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0)),
                Tuple.of(2, Arbitraries.just(1)),
                Tuple.of(12, Arbitraries.integers().between(2, 9)),
                Tuple.of(3, Arbitraries.of(128 / m - 1, 128 / m, 128 / m + 1, 256 / m, 256 / m + 1)));
    }
}
