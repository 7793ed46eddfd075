package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.TokenSamples;
import dev.rewire.training.layer.Dropout;
import dev.rewire.training.layer.Gelu;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.image.AvgPool2d;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.layer.image.MaxPool2d;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps without rewiring leave no garbage worth the name. */
class AllocationTest {
    private static final DataSplit IMAGES = SyntheticImages.of(8000, 100);
    private static final int WARM_UP = 1500;
    private static final int STEPS = 200;

    /** Of each update and of reading a batch a few small objects; a layer leaves none. */
    private static final int MOST_BYTES = 8 * 1024;

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

    @Test
    void ofAStepOfAConvolutionalNetAreAFewKilobytes() {
        Layer body = Sequential.of(
                new Conv2d(8, 3, 1, 1).withoutBias(),
                new BatchNorm2d(),
                new Relu(),
                new Dropout(0.2),
                new Conv2d(8, 3, 1, 1).withoutBias(),
                new BatchNorm2d());
        Layer layers = Sequential.of(
                new Conv2d(8, 3, 1, 1),
                new Residual(body),
                new Relu(),
                new MaxPool2d(2, 2, 0),
                new Residual(new Conv2d(12, 3, 2, 1), new Conv2d(12, 1, 2, 0)),
                new Gelu(),
                new AvgPool2d(2, 1, 0),
                new Flatten(),
                new Linear(SyntheticImages.CLASSES));
        assertStepsLeaveNoGarbage(SyntheticImages.config(Method.STATIC)
                .model(Model.of("convolutions", layers))
                .block(4, 4)
                .batch(16)
                .epochs(10_000)
                .build());
    }

    @Test
    void ofAStepOfATransformerAreAFewKilobytes() {
        int[] words = new SplittableRandom(2).ints(600, 0, 11).toArray();
        SampleShape.Tokens windows = new SampleShape.Tokens(9, 11);
        TokenSamples samples = TokenSamples.overlapping(words, windows);
        TrainingConfig config = SyntheticImages.config(Method.STATIC)
                .model(Presets.parse("gpt-2x2x16x9"))
                .optimizer(new Optimizer.Adam(0.9, 0.99, 1e-8, 1e-2, true))
                .clip(1)
                .block(4, 4)
                .batch(5)
                .steps(1_000_000)
                .evalEvery(1_000_000)
                .build();
        assertStepsLeaveNoGarbage(config, new DataSplit(samples, samples));
    }

    private static void assertStepsLeaveNoGarbage(TrainingConfig config) {
        assertStepsLeaveNoGarbage(config, IMAGES);
    }

    private static void assertStepsLeaveNoGarbage(TrainingConfig config, DataSplit data) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TrainingRun run = TrainingRun.create(config, data)) {
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
