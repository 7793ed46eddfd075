package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Laws of the product backward to the weights that hold without an oracle. */
@Tag("species")
class SddmmLawsTest {
    @Property(tries = 40)
    void storedGradientIsTheMaskedDenseGradient(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        Grid dy = product.gradient;
        Grid x = product.input;
        Grid dense = Grid.of(problem.rows(), problem.cols(), (row, col) -> {
            int sum = 0;
            for (int sample = 0; sample < dy.rows(); sample++) {
                sum += (int) (dy.at(sample, row) * x.at(sample, col));
            }
            return sum;
        });
        assertSameValues(dense.on(product.sparsity), product.resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void anElementHasTheSameBitsInEveryPattern(@ForAll(supplier = Problems.Any.class) Problem problem) {
        SddmmCase sparse = new SddmmCase(problem, false);
        SddmmCase full = sparse.withPattern(problem.withPercent(100).pattern());
        Grid expected = full.resultOf(Layout.PANELS, 1).on(sparse.sparsity);
        Grid actual = sparse.resultOf(Layout.PANELS, 1);
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }

    @Property(tries = 40)
    void gradientIsLinearInTheInput(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        Grid other = problem.values().alternatingGrid(problem.batch(), problem.cols(), problem.random(9));
        Grid sumOfResults = product.resultOf(Layout.PANELS, 1)
                .plus(product.withOperands(product.gradient, other).resultOf(Layout.PANELS, 1));
        assertSameValues(
                sumOfResults,
                product.withOperands(product.gradient, product.input.plus(other))
                        .resultOf(Layout.PANELS, 1));
    }

    /** Of more samples, blocks whose rows are whole vectors are summed by lanes in panels, and sample after sample in rows. */
    @Property(tries = 40)
    void layoutsGiveTheSameBitsOfFewSamples(
            @ForAll(supplier = Problems.Any.class) Problem problem,
            @ForAll boolean accumulate,
            @ForAll(supplier = DenseLayouts.class) Layout layout) {
        SddmmCase product = new SddmmCase(problem.withBatch(Math.min(problem.batch(), 128)), accumulate);
        Grid expected = product.resultOf(Layout.PANELS, 1);
        Grid actual = product.resultOf(layout, 1);
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }

    private static void assertSameValues(Grid expected, Grid actual) {
        assertTrue(expected.sameValues(actual), () -> actual + " instead of " + expected);
    }
}
