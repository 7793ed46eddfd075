package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.io.SparseFile;
import dev.rewire.training.setting.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The check finds what is wrong, and nothing where nothing is. */
class ErrorBoundTest {
    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(1);

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    @ParameterizedTest
    @EnumSource
    void acceptsACorrectResult(Product product) {
        SpmmProblem problem = problem(product);
        Contender rewire = run(problem);
        double worst = ErrorBound.worst(problem, rewire, false, 1);
        assertTrue(worst > 0 && worst <= 1, () -> "worst " + worst);
        assertTrue(ErrorBound.worst(problem, rewire, true, 1) <= worst);
    }

    @ParameterizedTest
    @EnumSource
    void findsOneElementThatIsOffByMoreThanItsBound(Product product) {
        SpmmProblem problem = problem(product);
        Contender rewire = run(problem);
        int[] place = aStoredPlace(problem);
        assertTrue(ErrorBound.worst(problem, changed(rewire, place, 1e-4f), false, 1) > 1);
        assertEquals(1e9, ErrorBound.worst(problem, changed(rewire, place, Float.NaN), false, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "'1 1 1e-40\n2 2 1e-44\n2 3 1.4e-45'",
        "'1 1 3.4e38\n1 2 3.4e38\n2 3 1'",
        "'1 1 3.4e38\n1 2 -3.4e38\n2 1 3.4e38\n2 2 3.4e38\n2 3 -3.4e38'"
    })
    void acceptsWhatUnderflowsAndOverflows(String elements, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.mtx");
        String[] lines = elements.translateEscapes().split("\n", -1);
        Files.writeString(
                file,
                "%%MatrixMarket matrix coordinate real general\n2 3 " + lines.length + "\n"
                        + elements.translateEscapes());
        for (Product product : Product.values()) {
            for (ValueType type : ValueType.values()) {
                if (type != ValueType.F32 && product != Product.FORWARD) {
                    continue; // only forward products read others
                }
                SpmmSettings settings =
                        new SpmmSettings(product, 64, Device.CPU, Layout.ROW_MAJOR, type, 1, 1, 1, List.of());
                SpmmProblem problem = SpmmProblem.draw(arena, SparseInput.of(SparseFile.read(file), 1, 1), settings);
                double worst = ErrorBound.worst(problem, run(problem), false, 1);
                assertTrue(worst <= 1, () -> product + " of " + type + ": worst " + worst);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // result, sum, magnitude, terms, whether it is right
        "1.4e-45, 1.0e-45, 1e-45, 1, true",
        "0, 1.0e-45, 1e-45, 1, false", // 0.71 of the smallest number is nearer to it than to zero
        "0, 7.0e-46, 7e-46, 1, true",
        "2.8e-45, 1.4e-45, 1.4e-45, 1, false",
        "Infinity, 6.8e38, 6.8e38, 2, true",
        "Infinity, 3.4028235677973366e38, 3.4028235677973366e38, 1, true",
        "Infinity, 1e38, 1e38, 2, false",
        "Infinity, -6.8e38, 6.8e38, 2, false",
        "-Infinity, -6.8e38, 6.8e38, 2, true",
        "Infinity, 1e38, 8e38, 4, true",
        "-Infinity, 1e38, 8e38, 4, true",
        "NaN, 1e38, 8e38, 4, true",
        "NaN, 6.8e38, 6.8e38, 2, false",
        "3.4028235e38, 6.8e38, 6.8e38, 2, false",
        "NaN, 1, 1, 2, false",
        "NaN, NaN, Infinity, 2, true",
        "Infinity, Infinity, Infinity, 2, true",
        "1, Infinity, Infinity, 2, false",
        "NaN, Infinity, Infinity, 2, false"
    })
    void boundsAreThoseOfTheArithmetic(float result, double sum, double magnitude, int terms, boolean right) {
        double ratio = ErrorBound.ratio(result, sum, magnitude, terms, Rounding.SINGLE);
        assertEquals(right, ratio <= 1, () -> "ratio " + ratio);
    }

    private SpmmProblem problem(Product product) {
        SpmmSettings settings =
                new SpmmSettings(product, 9, Device.CPU, Layout.ROW_MAJOR, ValueType.F32, 1, 1, 1, List.of());
        return SpmmProblem.draw(arena, SparseInput.generated(21, 30, 4, 8, 0.5, 1), settings);
    }

    private Contender run(SpmmProblem problem) {
        Contender rewire = RewireContender.of(arena, problem, Layout.ROW_MAJOR, workers, PlanChoice.STORED);
        rewire.run();
        return rewire;
    }

    private static int[] aStoredPlace(SpmmProblem problem) {
        int gridRow = 2;
        int block = problem.w().pattern().rowOffset(gridRow);
        int row = gridRow * 4;
        int col = problem.w().pattern().gridCol(block) * 8;
        return switch (problem.product()) {
            case FORWARD -> new int[] {5, row};
            case BACKWARD_INPUT -> new int[] {5, col};
            case BACKWARD_WEIGHT -> new int[] {row, col};
        };
    }

    private static Contender changed(Contender contender, int[] place, float error) {
        return new Contender() {
            @Override
            public void run() {
                contender.run();
            }

            @Override
            public float result(int row, int col) {
                return contender.result(row, col) + (row == place[0] && col == place[1] ? error : 0);
            }
        };
    }
}
