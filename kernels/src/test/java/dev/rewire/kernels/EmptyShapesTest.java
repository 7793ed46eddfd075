package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dimensions and patterns with nothing in them. */
@Tag("species")
class EmptyShapesTest {
    private static final Problem PROBLEM = Problem.of(17, 20, 24, 8, 4, 50).with(Values.SMALL_INTEGERS);

    @ParameterizedTest
    @EnumSource
    void forwardOfNoSamplesIsEmpty(Layout layout) {
        Grid y = spmm(Problem.of(0, 20, 24, 8, 4, 50), Direction.FORWARD, EpilogueKind.BIAS, layout);
        assertEquals(0, y.rows());
        assertEquals(20, y.cols());
    }

    @ParameterizedTest
    @EnumSource
    void backwardInputOfNoSamplesIsEmpty(Layout layout) {
        Grid dx = spmm(Problem.of(0, 20, 24, 8, 4, 50), Direction.BACKWARD_INPUT, EpilogueKind.NONE, layout);
        assertEquals(0, dx.rows());
        assertEquals(24, dx.cols());
    }

    @ParameterizedTest
    @EnumSource
    void overwritingBackwardWeightOfNoSamplesIsZero(Layout layout) {
        Grid dw = new SddmmCase(Problem.of(0, 20, 24, 8, 4, 50), false).resultOf(layout, 1);
        assertTrue(dw.sameBits(new Grid(20, 24)), dw::toString);
    }

    @ParameterizedTest
    @EnumSource
    void accumulatingBackwardWeightOfNoSamplesIsUnchanged(Layout layout) {
        SddmmCase product = new SddmmCase(Problem.of(0, 20, 24, 8, 4, 50), true);
        Grid dw = product.resultOf(layout, 1);
        assertTrue(dw.sameBits(product.oldValues), dw::toString);
    }

    @ParameterizedTest
    @EnumSource
    void oneSampleIsExact(Layout layout) {
        Problem problem = Problem.of(1, 20, 24, 8, 4, 50).with(Values.SMALL_INTEGERS);
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS_RELU);
        product.expected().assertExact(product.resultOf(layout, 1));
    }

    @ParameterizedTest
    @EnumSource
    void forwardWithoutOutputsIsEmpty(Layout layout) {
        Grid y = spmm(Problem.of(17, 0, 24, 8, 4, 0), Direction.FORWARD, EpilogueKind.BIAS, layout);
        assertEquals(17, y.rows());
        assertEquals(0, y.cols());
    }

    @ParameterizedTest
    @EnumSource
    void forwardWithoutInputsIsBias(Layout layout) {
        SpmmCase product = new SpmmCase(Problem.of(17, 20, 0, 8, 4, 0), Direction.FORWARD, EpilogueKind.BIAS);
        assertIsBias(product, product.resultOf(layout, 1));
    }

    @ParameterizedTest
    @EnumSource
    void emptyPatternGivesBias(Layout layout) {
        SpmmCase product = new SpmmCase(PROBLEM.withPercent(0), Direction.FORWARD, EpilogueKind.BIAS);
        assertIsBias(product, product.resultOf(layout, 1));
    }

    @ParameterizedTest
    @EnumSource
    void emptyPatternWithoutBiasGivesZero(Layout layout) {
        Grid y = spmm(PROBLEM.withPercent(0), Direction.FORWARD, EpilogueKind.NONE, layout);
        assertTrue(y.sameBits(new Grid(17, 20)), y::toString);
    }

    @ParameterizedTest
    @EnumSource
    void emptyPatternAccumulatesNothingButBias(Layout layout) {
        SpmmCase product = new SpmmCase(
                PROBLEM.withPercent(0).with(Values.UNIFORM), Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE_BIAS);
        Grid dx = product.resultOf(layout, 1);
        Grid expected = Grid.of(17, 24, (row, col) -> product.oldOutput.at(row, col) + product.bias.at(0, col));
        assertTrue(dx.sameBits(expected), dx::toString);
    }

    @ParameterizedTest
    @EnumSource
    void gridRowsWithoutBlocksGiveBias(Layout layout) {
        // Of grid rows 0 to 2 only the second has blocks.
        BlockPattern pattern = BlockPattern.of(20, 24, 8, 4, new int[] {0, 0, 3, 3}, new int[] {0, 2, 5});
        SpmmCase product = new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.BIAS, pattern);
        Grid y = product.resultOf(layout, 1);
        for (int sample = 0; sample < 17; sample++) {
            for (int output : new int[] {0, 7, 16, 19}) {
                assertEquals(product.bias.at(0, output), y.at(sample, output));
            }
        }
        product.expected().assertExact(y);
    }

    @ParameterizedTest
    @EnumSource
    void gridColumnsWithoutBlocksGiveZeroBackward(Layout layout) {
        BlockPattern pattern = BlockPattern.of(20, 24, 8, 4, new int[] {0, 1, 2, 2}, new int[] {2, 2});
        SpmmCase product = new SpmmCase(PROBLEM, Direction.BACKWARD_INPUT, EpilogueKind.NONE, pattern);
        Grid dx = product.resultOf(layout, 1);
        for (int sample = 0; sample < 17; sample++) {
            for (int input : new int[] {0, 7, 12, 23}) {
                assertEquals(0f, dx.at(sample, input));
            }
        }
        product.expected().assertExact(dx);
    }

    @ParameterizedTest
    @EnumSource
    void nmProductsOfNoSamplesAreEmpty(Layout layout) {
        NmProblem problem = NmProblem.transposable(0, 20, 24, 2, 4);
        Grid y = spmm(problem, Direction.FORWARD, EpilogueKind.BIAS, layout);
        assertEquals(0, y.rows());
        assertEquals(20, y.cols());
        Grid dx = spmm(problem, Direction.BACKWARD_INPUT, EpilogueKind.NONE, layout);
        assertEquals(0, dx.rows());
        assertEquals(24, dx.cols());
    }

    @ParameterizedTest
    @EnumSource
    void nmGradientOfNoSamplesIsZero(Layout layout) {
        Grid dw = new SddmmCase(NmProblem.general(0, 20, 24, 2, 4, 1), false).resultOf(layout, 1);
        assertTrue(dw.sameBits(new Grid(20, 24)), dw::toString);
    }

    @ParameterizedTest
    @MethodSource("fewAndOneSample")
    void nmForwardWithoutOutputsIsEmpty(Layout layout, int batch) {
        Grid y = spmm(NmProblem.general(batch, 0, 24, 2, 4, 1), Direction.FORWARD, EpilogueKind.BIAS, layout);
        assertEquals(batch, y.rows());
        assertEquals(0, y.cols());
    }

    @ParameterizedTest
    @MethodSource("fewAndOneSample")
    void nmForwardWithoutInputsIsBias(Layout layout, int batch) {
        SpmmCase product = new SpmmCase(NmProblem.general(batch, 20, 0, 2, 4, 1), Direction.FORWARD, EpilogueKind.BIAS);
        assertIsBias(product, product.resultOf(layout, 1));
    }

    @ParameterizedTest
    @MethodSource("fewAndOneSample")
    void nmBackwardInputWithoutOutputsIsBias(Layout layout, int batch) {
        SpmmCase product =
                new SpmmCase(NmProblem.transposable(batch, 0, 24, 2, 4), Direction.BACKWARD_INPUT, EpilogueKind.BIAS);
        assertIsBias(product, product.resultOf(layout, 1));
    }

    static Stream<Arguments> fewAndOneSample() {
        return Stream.of(Layout.values()).flatMap(layout -> Stream.of(arguments(layout, 17), arguments(layout, 1)));
    }

    private static Grid spmm(SparseProblem problem, Direction direction, EpilogueKind epilogue, Layout layout) {
        return new SpmmCase(problem, direction, epilogue).resultOf(layout, 1);
    }

    private static void assertIsBias(SpmmCase product, Grid y) {
        Grid expected = Grid.of(y.rows(), y.cols(), (row, col) -> product.bias.at(0, col));
        assertEquals(product.input.rows(), y.rows());
        assertTrue(y.sameBits(expected), y::toString);
    }
}
