package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlainContenderTest {
    @ParameterizedTest
    @EnumSource
    void eachLoopComputesItsProduct(PlainLoop loop) {
        for (Product product : Product.values()) {
            if (PlainLoop.of(product).contains(loop)) {
                check(loop, product, 1);
                check(loop, product, 5);
            }
        }
    }

    private static void check(PlainLoop loop, Product product, int batch) {
        SpmmSettings settings =
                new SpmmSettings(product, batch, Device.CPU, Layout.ROW_MAJOR, ValueType.F32, 1, 1, 3, List.of());
        try (KernelArena arena = KernelArena.open()) {
            // Blocks reach over both edges.
            SpmmProblem problem = SpmmProblem.draw(arena, SparseInput.generated(50, 33, 4, 8, 0.5, 3), settings);
            PlainContender contender = new PlainContender(loop, problem);
            contender.run();
            contender.run(); // a second run does not add to the first
            double error = ErrorBound.worst(problem, contender, false, 1);
            assertTrue(error <= 1, product + ", batch " + batch + ": off by " + error + " times the bound");
        }
    }
}
