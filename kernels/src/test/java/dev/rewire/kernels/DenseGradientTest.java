package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** The norms of the blocks of dYᵀ·X, whatever is stored. */
@Tag("species")
class DenseGradientTest {
    @Property(tries = 60)
    void exactOnSmallIntegers(@ForAll(supplier = Problems.OfIntegers.class) Problem problem) {
        assertNorms(problem);
    }

    @Example
    void inSeveralBandsTheLastOfWhichIsNotWhole() {
        // 1000 columns make bands of 64 rows or so.
        assertNorms(Problem.of(3, 301, 1000, 1, 1, 10).with(Values.SMALL_INTEGERS));
        assertNorms(Problem.of(3, 301, 1000, 5, 7, 10).with(Values.SMALL_INTEGERS));
        assertNorms(Problem.of(3, 301, 1000, 64, 64, 10).with(Values.SMALL_INTEGERS));
    }

    private static void assertNorms(Problem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        List<float[]> expected = norms(product);
        List<float[]> actual = run(product, 1);

        assertEquals(expected.size(), actual.size());
        for (int row = 0; row < expected.size(); row++) {
            assertArrayEquals(expected.get(row), actual.get(row), "row " + row + " of the grid of " + problem);
        }
    }

    @Property(tries = 20)
    void sameBitsForAnyNumberOfWorkers(@ForAll(supplier = Problems.Any.class) Problem problem) {
        SddmmCase product = new SddmmCase(problem, false);

        List<float[]> one = run(product, 1);
        List<float[]> three = run(product, 3);

        for (int row = 0; row < one.size(); row++) {
            assertTrue(Arrays.equals(one.get(row), three.get(row)), "row " + row + " of the grid of " + problem);
        }
    }

    @Example
    void operandsOfAnotherShapeAreNamed() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            DenseGradient gradient = DenseGradient.prepare(arena, BlockPattern.full(4, 6, 1, 1), 2, workers);
            PanelMatrix dy = PanelMatrix.allocate(arena, 2, 4);
            PanelMatrix x = PanelMatrix.allocate(arena, 2, 6);

            assertNamed("dy.cols", () -> gradient.run(x, x, (row, norms) -> {}));
            assertNamed("x.cols", () -> gradient.run(dy, dy, (row, norms) -> {}));
            assertNamed("dy.rows", () -> gradient.run(PanelMatrix.allocate(arena, 3, 4), x, (row, norms) -> {}));
        }
    }

    private static void assertNamed(String argument, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.startsWith(argument + ":"), message);
    }

    private static List<float[]> run(SddmmCase product, int threads) {
        List<float[]> rows = new ArrayList<>();
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(threads)) {
            KernelArena arena = memory.kernels();
            DenseGradient.prepare(arena, product.pattern, product.gradient.rows(), workers)
                    .run(product.gradient.panels(arena), product.input.panels(arena), (gridRow, norms) -> {
                        assertEquals(rows.size(), gridRow);
                        rows.add(Arrays.copyOf(norms, product.pattern.gridCols()));
                    });
        }
        return rows;
    }

    private static List<float[]> norms(SddmmCase product) {
        BlockPattern p = product.pattern;
        float[][] norms = new float[p.gridRows()][p.gridCols()];
        for (int row = 0; row < p.rows(); row++) {
            for (int col = 0; col < p.cols(); col++) {
                float sum = 0;
                for (int sample = 0; sample < product.input.rows(); sample++) {
                    sum += product.gradient.at(sample, row) * product.input.at(sample, col);
                }
                norms[row / p.blockRows()][col / p.blockCols()] += Math.abs(sum);
            }
        }
        return List.of(norms);
    }
}
