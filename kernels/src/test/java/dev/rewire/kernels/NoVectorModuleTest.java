package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.SpmmCase.Direction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a JVM that was started without the Vector API's module. */
@Tag("no-vector")
class NoVectorModuleTest {
    private static final Problem PROBLEM = Problem.of(17, 20, 26, 8, 4, 50).with(Values.SMALL_INTEGERS);

    @Test
    void scalarKernelsComeUp() {
        assertEquals("scalar", Provider.active().name());
    }

    @Test
    void forwardRuns() {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.FORWARD, EpilogueKind.BIAS_RELU);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 2));
    }

    @Test
    void backwardInputRuns() {
        SpmmCase product = new SpmmCase(PROBLEM, Direction.BACKWARD_INPUT, EpilogueKind.ACCUMULATE_MASK);
        product.expected().assertExact(product.resultOf(Layout.PANELS, 2));
    }

    @Test
    void nmForwardRuns() {
        NmProblem problem = NmProblem.general(17, 20, 24, 2, 4, 1).with(Values.SMALL_INTEGERS);
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.BIAS_RELU);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 2));
    }

    @Test
    void backwardWeightRuns() {
        SddmmCase product = new SddmmCase(PROBLEM, true);
        product.expected().assertExact(product.resultOf(Layout.ROW_MAJOR, 2));
    }
}
