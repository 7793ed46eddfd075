package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.prune.NmPruning;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns that several threads choose. Matrices have more than one task, and rows that tasks do not divide. */
class PruningWorkersTest {
    private static DenseMatrix random(Arena arena, int rows, int cols) {
        SplittableRandom random = new SplittableRandom(5);
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, random.nextInt(-3, 4));
            }
        }
        return matrix;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void thePatternIsTheSameForAnyNumber(int threads) {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(threads)) {
            DenseMatrix odd = random(arena, 133, 1000);
            DenseMatrix tiles = random(arena, 148, 1000);
            assertEquals(NmPruning.magnitude(odd, 2, 4), NmPruning.magnitude(odd, 2, 4, workers));
            assertEquals(NmPruning.magnitude(odd, 4, 8), NmPruning.magnitude(odd, 4, 8, workers));
            assertEquals(NmPruning.shared(odd, 2, 4, 7), NmPruning.shared(odd, 2, 4, 7, workers));
            assertEquals(NmPruning.transposable(tiles, 2, 4), NmPruning.transposable(tiles, 2, 4, workers));
        }
    }

    @Test
    void aMatrixThatAThreadCannotReachIsRefused() {
        try (Arena arena = Arena.ofConfined();
                Workers workers = Workers.of(2)) {
            DenseMatrix matrix = random(arena, 4, 8);
            Refusal.ofArgument(
                    "dense: a segment of a confined arena", () -> NmPruning.magnitude(matrix, 2, 4, workers));
            Refusal.ofArgument(
                    "dense: a segment of a confined arena", () -> NmPruning.transposable(matrix, 2, 4, workers));
        }
    }
}
