package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** A NaN or an infinity of a dense operand shows exactly where an element that is kept multiplies it. */
@Tag("species")
class NmHiddenValuesTest {
    @Provide
    Arbitrary<Float> hidden() {
        return Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    /** All that could be hidden at once: every row keeps the same places, and no other input is a number. */
    @Property(tries = 100)
    void forwardHidesAllInputsThatNoRowKeeps(
            @ForAll(supplier = NmProblems.General.class) NmProblem any,
            @ForAll Layout layout,
            @ForAll("hidden") float value) {
        NmCase shape = any.shape();
        NmProblem problem = new NmProblem(
                new NmCase(shape.rows(), shape.groups(), shape.n(), shape.m(), Math.max(1, shape.rows()), shape.seed()),
                false,
                any.batch(),
                any.offset(),
                any.gap(),
                Values.SMALL_INTEGERS);
        Assume.that(problem.rows() > 0);
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS);
        Grid x = product.input;
        Grid hiding = Grid.of(
                x.rows(), x.cols(), (sample, input) -> product.sparsity.stores(0, input) ? x.at(sample, input) : value);
        assertSameBits(product.resultOf(layout, 1), product.withInput(hiding).resultOf(layout, 1));
    }

    @Property(tries = 100)
    void forwardShowsAnInputInOutputsThatKeepItAlone(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll Layout layout,
            @ForAll("hidden") float value) {
        Assume.that(problem.batch() > 0 && problem.cols() > 0);
        SpmmCase product = new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.FORWARD, EpilogueKind.NONE);
        SplittableRandom random = problem.random(8);
        int sample = random.nextInt(problem.batch());
        int input = random.nextInt(problem.cols());
        Grid y = product.withInput(with(product.input, sample, input, value)).resultOf(layout, 1);
        assertShows(
                product.resultOf(layout, 1), y, (s, output) -> s == sample && product.sparsity.stores(output, input));
    }

    @Property(tries = 100)
    void backwardInputShowsAGradientInInputsThatItsRowKeepsAlone(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll Layout layout,
            @ForAll("hidden") float value) {
        Assume.that(problem.batch() > 0 && problem.rows() > 0);
        SpmmCase product =
                new SpmmCase(problem.with(Values.SMALL_INTEGERS), Direction.BACKWARD_INPUT, EpilogueKind.NONE);
        SplittableRandom random = problem.random(8);
        int sample = random.nextInt(problem.batch());
        int output = random.nextInt(problem.rows());
        Grid dx = product.withInput(with(product.input, sample, output, value)).resultOf(layout, 1);
        assertShows(
                product.resultOf(layout, 1), dx, (s, input) -> s == sample && product.sparsity.stores(output, input));
    }

    @Property(tries = 100)
    void backwardWeightShowsAnInputInItsColumnAlone(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll Layout layout,
            @ForAll("hidden") float value) {
        Assume.that(problem.batch() > 0 && problem.cols() > 0);
        SddmmCase product = new SddmmCase(problem.with(Values.SMALL_INTEGERS), true);
        SplittableRandom random = problem.random(8);
        int sample = random.nextInt(problem.batch());
        int input = random.nextInt(problem.cols());
        Grid dw = product.withOperands(product.gradient, with(product.input, sample, input, value))
                .resultOf(layout, 1);
        assertShows(product.resultOf(layout, 1), dw, (row, col) -> col == input && product.sparsity.stores(row, col));
    }

    private interface Places {
        boolean contain(int row, int col);
    }

    /** Not finite at the places, a clean result's bits elsewhere. */
    private static void assertShows(Grid clean, Grid actual, Places places) {
        for (int row = 0; row < clean.rows(); row++) {
            for (int col = 0; col < clean.cols(); col++) {
                float got = actual.at(row, col);
                boolean right = places.contain(row, col)
                        ? !Float.isFinite(got)
                        : Float.floatToRawIntBits(got) == Float.floatToRawIntBits(clean.at(row, col));
                String where = "(" + row + ", " + col + "): ";
                assertTrue(right, () -> where + got);
            }
        }
    }

    private static Grid with(Grid grid, int row, int col, float value) {
        return Grid.of(grid.rows(), grid.cols(), (i, j) -> i == row && j == col ? value : grid.at(i, j));
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
