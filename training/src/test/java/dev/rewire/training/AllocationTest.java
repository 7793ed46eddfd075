package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps without rewiring leave no garbage worth the name. */
class AllocationTest {
    private static final DataSplit IMAGES = SyntheticImages.of(8000, 100);
    private static final int WARM_UP = 1500;
    private static final int STEPS = 200;

    /** As a rule it is below 8 KiB. In one process of some ten it was 10.8 kB for each of these runs: the JIT seems to have left something an object that all of them share. */
    private static final int MOST_BYTES = 16 * 1024;

    @ParameterizedTest
    @CsvSource({"STATIC, 1", "STATIC, 4", "DENSE, 1"})
    void ofAStepAreAFewKilobytes(Method method, int block) {
        TrainingConfig config = SyntheticImages.config(method)
                .block(block, block)
                .batch(128)
                .epochs(10_000)
                .build();
        assertStepsLeaveNoGarbage(config);
    }

    @Test
    void ofAStepWithNmAreAFewKilobytes() {
        assertStepsLeaveNoGarbage(SyntheticImages.config(Method.STATIC)
                .nm(new NmSparsity(2, 4))
                .batch(128)
                .epochs(10_000)
                .build());
    }

    private static void assertStepsLeaveNoGarbage(TrainingConfig config) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            take(run, WARM_UP);
            // Until the compiler is done, kernels box vectors; what counts is where it settles, not how long it takes.
            long least = Long.MAX_VALUE;
            long until = System.nanoTime() + 30_000_000_000L;
            while (least > MOST_BYTES && System.nanoTime() < until) {
                long before = threads.getCurrentThreadAllocatedBytes();
                take(run, STEPS);
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / STEPS);
            }
            assertTrue(least <= MOST_BYTES, "bytes a step: " + least);
        }
    }

    private static void take(TrainingRun run, int steps) {
        for (int i = 0; i < steps; i++) {
            run.step();
        }
    }
}
