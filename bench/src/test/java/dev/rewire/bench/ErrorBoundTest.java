package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.Workers;
import dev.rewire.training.Device;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
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

    private SpmmProblem problem(Product product) {
        SpmmSettings settings =
                new SpmmSettings(product, 9, Device.CPU, Layout.ROW_MAJOR, ValueType.F32, 1, 1, 1, List.of());
        return SpmmProblem.draw(arena, SparseInput.generated(21, 30, 4, 8, 0.5, 1), settings);
    }

    private Contender run(SpmmProblem problem) {
        Contender rewire = RewireContender.of(arena, problem, Layout.ROW_MAJOR, workers);
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
