package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interpreted and compiled code give the same bits: results do not change while a product is run until it is hot. */
@Tag("species")
class HotCodeTest {
    private static final int RUNS = 400;

    static Stream<SparseProblem> shapes() {
        return Stream.of(
                Problem.of(65, 64, 80, 16, 16, 50),
                Problem.of(33, 30, 70, 4, 4, 50),
                Problem.of(17, 60, 60, 1, 1, 20),
                Problem.of(70, 66, 70, 32, 8, 60),
                NmProblem.general(65, 24, 148, 2, 4, 1),
                NmProblem.general(65, 24, 148, 2, 4, 4),
                NmProblem.general(17, 22, 148, 1, 4, 2),
                NmProblem.transposable(33, 24, 148, 2, 4),
                NmProblem.general(1, 27, 148, 2, 4, 1),
                NmProblem.transposable(1, 148, 40, 1, 4));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void forward(SparseProblem problem) {
        assertSpmmIsStable(new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS_RELU));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void backwardInput(SparseProblem problem) {
        assertSpmmIsStable(new SpmmCase(problem, Direction.BACKWARD_INPUT, EpilogueKind.NONE));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void backwardWeight(SparseProblem problem) {
        SddmmCase product = new SddmmCase(problem, false);
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            SparseMatrix dw = product.old(memory);
            PanelMatrix dy = product.gradient.panels(memory.kernels());
            PanelMatrix x = product.input.panels(memory.kernels());
            SddmmPlan plan = product.plan(dw, Layout.PANELS, memory, workers);
            plan.run(dy, x);
            Grid first = Grid.read(dw);
            for (int run = 1; run < RUNS; run++) {
                plan.run(dy, x);
                assertTrue(first.sameBits(Grid.read(dw)), "run " + run);
            }
            product.expected().assertWithinBound(first);
        }
    }

    private static void assertSpmmIsStable(SpmmCase product) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = product.input.panels(memory.kernels());
            PanelMatrix y = product.oldOutput.panels(memory.kernels());
            SpmmPlan plan = product.plan(Layout.PANELS, memory, workers);
            plan.run(x, y);
            Grid first = Grid.read(y);
            for (int run = 1; run < RUNS; run++) {
                plan.run(x, y);
                assertTrue(first.sameBits(Grid.read(y)), "run " + run);
            }
            product.expected().assertWithinBound(first);
        }
    }
}
