package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A NaN or an infinity of a dense operand shows exactly where a stored block multiplies it. */
@Tag("species")
class HiddenValuesTest {
    private static final Problem PROBLEM = Problem.of(17, 24, 24, 8, 8, 0).with(Values.SMALL_INTEGERS);

    // Blocks (0, 0), (0, 2), (1, 0) and (2, 1) of a grid of 3×3.
    private static final BlockPattern PATTERN =
            BlockPattern.of(24, 24, 8, 8, new int[] {0, 2, 3, 4}, new int[] {0, 2, 0, 1});

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void forwardHidesAnInputThatNoBlockOfTheRowMultiplies(float value) {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.NONE, PATTERN);
        Grid clean = product.resultOf(Layout.PANELS, 1);
        // Input 8 lies in grid column 1: only outputs 16 to 23 see it.
        Grid y = product.withInput(with(product.input, 3, 8, value)).resultOf(Layout.PANELS, 1);
        for (int output = 0; output < 16; output++) {
            assertEquals(clean.at(3, output), y.at(3, output));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void forwardShowsAnInputThatABlockMultiplies(float value) {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.NONE, PATTERN);
        Grid y = product.withInput(with(product.input, 3, 8, value)).resultOf(Layout.PANELS, 1);
        for (int output = 16; output < 24; output++) {
            assertTrue(!Float.isFinite(y.at(3, output)), "output " + output + ": " + y.at(3, output));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void backwardInputHidesAGradientThatNoBlockOfTheColumnMultiplies(float value) {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.BACKWARD_INPUT, EpilogueKind.NONE, PATTERN);
        Grid clean = product.resultOf(Layout.PANELS, 1);
        // Output 8 lies in grid row 1, whose only block is in grid column 0.
        Grid dx = product.withInput(with(product.input, 3, 8, value)).resultOf(Layout.PANELS, 1);
        for (int input = 8; input < 24; input++) {
            assertEquals(clean.at(3, input), dx.at(3, input));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void backwardWeightShowsAGradientInItsRowAlone(float value) {
        SddmmCase product = new SddmmCase(PROBLEM, false).withPattern(PATTERN);
        Grid clean = product.resultOf(Layout.PANELS, 1);
        Grid dw = product.withOperands(with(product.gradient, 3, 8, value), product.input)
                .resultOf(Layout.PANELS, 1);
        for (int row = 0; row < 24; row++) {
            if (row != 8) {
                for (int col = 0; col < 24; col++) {
                    assertEquals(clean.at(row, col), dw.at(row, col));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSampleShowsInNoOtherSample(int sample) {
        SpmmCase product = new SpmmCase(PROBLEM.withPercent(100), Direction.FORWARD, EpilogueKind.NONE);
        Grid clean = product.resultOf(Layout.PANELS, 1);
        Grid y = product.withInput(with(product.input, sample, 0, Float.NaN)).resultOf(Layout.PANELS, 1);
        for (int other = 0; other < 17; other++) {
            if (other != sample) {
                for (int output = 0; output < 24; output++) {
                    assertEquals(clean.at(other, output), y.at(other, output));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reluKeepsNaN(boolean accumulate) {
        EpilogueKind epilogue = accumulate ? EpilogueKind.ACCUMULATE_RELU : EpilogueKind.RELU;
        SpmmCase product = new SpmmCase(PROBLEM.withPercent(100), Direction.FORWARD, epilogue);
        Grid y = product.withInput(with(product.input, 3, 8, Float.NaN)).resultOf(Layout.PANELS, 1);
        for (int output = 0; output < 24; output++) {
            assertTrue(Float.isNaN(y.at(3, output)), "output " + output + ": " + y.at(3, output));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void reluMaskHidesANonFiniteGradient(float value) {
        SpmmCase product = new SpmmCase(PROBLEM.withPercent(100), Direction.BACKWARD_INPUT, EpilogueKind.MASK);
        Grid dx = product.withInput(Grid.filled(17, 24, value)).resultOf(Layout.PANELS, 1);
        for (int sample = 0; sample < 17; sample++) {
            for (int input = 0; input < 24; input++) {
                boolean open = product.mask.at(sample, input) > 0;
                assertEquals(open, !Float.isFinite(dx.at(sample, input)) || dx.at(sample, input) != 0);
            }
        }
    }

    private static Grid with(Grid grid, int row, int col, float value) {
        return Grid.of(grid.rows(), grid.cols(), (i, j) -> i == row && j == col ? value : grid.at(i, j));
    }
}
