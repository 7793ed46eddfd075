package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Laws of the sparse-times-dense products that hold without an oracle. */
@Tag("species")
class SpmmLawsTest {
    @Property(tries = 40)
    void fullPatternIsTheDenseProduct(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SpmmCase product = new SpmmCase(problem.withPercent(100), Direction.FORWARD, EpilogueKind.NONE);
        Grid x = product.input;
        Grid w = product.weights;
        Grid dense = Grid.of(x.rows(), w.rows(), (sample, output) -> {
            int sum = 0;
            for (int input = 0; input < x.cols(); input++) {
                sum += (int) (x.at(sample, input) * w.at(output, input));
            }
            return sum;
        });
        assertSameValues(dense, product.resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void forwardIsLinearInTheInput(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.NONE);
        Grid other = problem.values().alternatingGrid(product.input.rows(), product.input.cols(), problem.random(9));
        Grid sumOfResults =
                product.resultOf(Layout.PANELS, 1).plus(product.withInput(other).resultOf(Layout.PANELS, 1));
        assertSameValues(
                sumOfResults, product.withInput(product.input.plus(other)).resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void forwardIsLinearInTheWeights(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.NONE);
        Grid other = problem.values()
                .steadyGrid(problem.rows(), problem.cols(), problem.random(9))
                .on(problem.pattern());
        Grid sumOfResults = product.resultOf(Layout.PANELS, 1)
                .plus(product.withWeights(other).resultOf(Layout.PANELS, 1));
        assertSameValues(
                sumOfResults, product.withWeights(product.weights.plus(other)).resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void backwardInputIsForwardOfTheTransposedMatrix(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        SpmmCase backward = new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.NONE);
        Problem turned = new Problem(
                problem.batch(),
                problem.cols(),
                problem.rows(),
                problem.blockCols(),
                problem.blockRows(),
                problem.percent(),
                problem.offset(),
                problem.gap(),
                problem.values(),
                problem.seed());
        SpmmCase forward = new SpmmCase(turned, Direction.FORWARD, EpilogueKind.NONE, transposed(problem.pattern()))
                .withWeights(backward.weights.transposed())
                .withInput(backward.input);
        assertSameValues(forward.resultOf(Layout.PANELS, 1), backward.resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void permutingBlockRowsPermutesOutputs(@ForAll(supplier = Problems.Any.class) Problem problem) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.NONE);
        int[] sourceRow = permutationOfWholeBlockRows(problem);
        SpmmCase permuted = new SpmmCase(
                        problem, Direction.FORWARD, EpilogueKind.NONE, permuted(problem.pattern(), sourceRow))
                .withWeights(
                        Grid.of(problem.rows(), problem.cols(), (row, col) -> product.weights.at(sourceRow[row], col)));
        Grid y = product.resultOf(Layout.PANELS, 1);
        assertSameBits(
                Grid.of(y.rows(), y.cols(), (sample, output) -> y.at(sample, sourceRow[output])),
                permuted.resultOf(Layout.PANELS, 1));
    }

    @Property(tries = 40)
    void layoutsGiveTheSameBits(
            @ForAll(supplier = Problems.Any.class) Problem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll Direction direction,
            @ForAll(supplier = DenseLayouts.class) Layout layout) {
        SpmmCase product = new SpmmCase(problem, direction, epilogue);
        assertSameBits(product.resultOf(Layout.PANELS, 1), product.resultOf(layout, 1));
    }

    private static BlockPattern transposed(BlockPattern p) {
        return pattern(p.cols(), p.rows(), p.blockCols(), p.blockRows(), (row, col) -> p.find(col, row) >= 0);
    }

    private static BlockPattern permuted(BlockPattern p, int[] sourceRow) {
        return pattern(
                p.rows(),
                p.cols(),
                p.blockRows(),
                p.blockCols(),
                (row, col) -> p.find(sourceRow[row * p.blockRows()] / p.blockRows(), col) >= 0);
    }

    private interface Cells {
        boolean stored(int gridRow, int gridCol);
    }

    private static BlockPattern pattern(int rows, int cols, int blockRows, int blockCols, Cells cells) {
        int gridRows = (rows + blockRows - 1) / blockRows;
        int gridCols = (cols + blockCols - 1) / blockCols;
        int[] offsets = new int[gridRows + 1];
        int[] columns = new int[gridRows * gridCols];
        int blocks = 0;
        for (int row = 0; row < gridRows; row++) {
            for (int col = 0; col < gridCols; col++) {
                if (cells.stored(row, col)) {
                    columns[blocks++] = col;
                }
            }
            offsets[row + 1] = blocks;
        }
        return BlockPattern.of(rows, cols, blockRows, blockCols, offsets, Arrays.copyOf(columns, blocks));
    }

    /** For each row of the matrix the row that comes to its place; a last, partial row of blocks stays. */
    private static int[] permutationOfWholeBlockRows(Problem problem) {
        List<Integer> order =
                IntStream.range(0, problem.rows() / problem.blockRows()).boxed().toList();
        List<Integer> shuffled = new ArrayList<>(order);
        Collections.shuffle(shuffled, new Random(problem.seed()));
        int[] source = new int[problem.rows()];
        for (int row = 0; row < source.length; row++) {
            int gridRow = row / problem.blockRows();
            source[row] = gridRow < shuffled.size()
                    ? shuffled.get(gridRow) * problem.blockRows() + row % problem.blockRows()
                    : row;
        }
        return source;
    }

    private static void assertSameValues(Grid expected, Grid actual) {
        assertTrue(expected.sameValues(actual), () -> actual + " instead of " + expected);
    }

    private static void assertSameBits(Grid expected, Grid actual) {
        assertTrue(expected.sameBits(actual), () -> actual + " instead of " + expected);
    }
}
