package dev.rewire.kernels;

import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;

/** One product to compute, whatever the format of its sparse operand. */
interface SparseProblem {
    int batch();

    int rows();

    int cols();

    /** Floats from an address divisible by 64 to the first element of a row-major operand. */
    int offset();

    /** Floats between the rows of a row-major operand. */
    int gap();

    Values values();

    SparsePattern pattern();

    /** The same product of another batch. */
    SparseProblem withBatch(int samples);

    /** A source of its own for each operand, so that one operand's size does not change another's elements. */
    SplittableRandom random(int operand);

    /** Of either format. */
    final class Any implements ArbitrarySupplier<SparseProblem> {
        @Override
        public Arbitrary<SparseProblem> get() {
            return Arbitraries.oneOf(new Problems.Any().get(), new NmProblems.Any().get());
        }
    }
}
