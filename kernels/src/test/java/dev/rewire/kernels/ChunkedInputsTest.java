package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outputs of single weights that are summed over three chunks of inputs, each with an epilogue that belongs at the start or the end only. */
@Tag("species")
class ChunkedInputsTest {
    private static final int BATCH = 70;
    private static final int FEW = 9;
    private static final int MANY = 600;

    @ParameterizedTest
    @EnumSource
    void forward(EpilogueKind epilogue) {
        assertExact(Direction.FORWARD, epilogue, pattern(false));
    }

    @ParameterizedTest
    @EnumSource
    void backwardInput(EpilogueKind epilogue) {
        assertExact(Direction.BACKWARD_INPUT, epilogue, pattern(true));
    }

    private static void assertExact(Direction direction, EpilogueKind epilogue, BlockPattern pattern) {
        Problem problem =
                Problem.of(BATCH, pattern.rows(), pattern.cols(), 1, 1, 100).with(Values.SMALL_INTEGERS);
        SpmmCase product = new SpmmCase(problem, direction, epilogue, pattern);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 2));
    }

    /** An output without any input, one with inputs of each third only, one with all but each third, and full ones. */
    private static BlockPattern pattern(boolean transposed) {
        BlockPattern full = transposed ? BlockPattern.full(MANY, FEW, 1, 1) : BlockPattern.full(FEW, MANY, 1, 1);
        int[] offsets = new int[full.rows() + 1];
        int[] columns = new int[full.blocks()];
        int count = 0;
        for (int row = 0; row < full.rows(); row++) {
            for (int col = 0; col < full.cols(); col++) {
                int output = transposed ? col : row;
                int third = (transposed ? row : col) / (MANY / 3);
                boolean stored = output >= 7 || (output >= 4 ? output - 4 != third : output - 1 == third);
                if (stored) {
                    columns[count++] = col;
                }
            }
            offsets[row + 1] = count;
        }
        return BlockPattern.of(full.rows(), full.cols(), 1, 1, offsets, Arrays.copyOf(columns, count));
    }
}
