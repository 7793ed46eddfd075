package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.product.LinearProduct;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on a device, for which loops stand in that round as it does. */
class DeviceTest {
    private static final DataSplit IMAGES = SyntheticImages.of(400, 100);
    private static final int OUT = 24;
    private static final int IN = 36;
    private static final int BATCH = 70;

    @TempDir
    private Path folder;

    @BeforeEach
    @AfterEach
    void isPresent() {
        RoundingBackend.reason = null;
        RoundingBackend.products = 0;
    }

    @ParameterizedTest
    @CsvSource({"STATIC, false", "SR_STE, false", "SR_STE, true"})
    void productsOfAStepAgreeWithTheKernelsWithinTheRoundingOfTheType(Method method, boolean transposable) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1);
                NmBackend.Session session = new RoundingBackend().open()) {
            SrSte rule = method == Method.SR_STE ? new SrSte(0.1, transposable, 1) : null;
            LinearProduct device = layer(arena, rule, new Engine.OnDevice("loops", session), workers);
            LinearProduct kernels = layer(arena, rule, new Engine.Kernels(), workers);
            // The second step multiplies by weights that the first has changed.
            for (int step = 1; step <= 2; step++) {
                RoundingBackend.products = 0;
                for (LinearProduct layer : new LinearProduct[] {device, kernels}) {
                    fill(layer.buffers().x(), 1);
                    fill(layer.buffers().dy(), 2);
                    layer.forward();
                    layer.backwardInput();
                    layer.backwardWeights();
                }
                assertEquals(transposable ? 2 : 1, RoundingBackend.products);
                assertWithinRounding(kernels, device);
                for (LinearProduct layer : new LinearProduct[] {device, kernels}) {
                    Optimizer sgd = new Optimizer.Sgd(0, false, 0);
                    layer.weights().update(sgd, step, 0.1, false, workers);
                    Objects.requireNonNull(layer.bias()).update(sgd, step, 0.1, false, workers);
                }
            }
        }
    }

    /** Two roundings of operands, one of the bias, one of the result: 3u + O(u²) of the magnitudes; and what single precision loses. */
    private static void assertWithinRounding(LinearProduct kernels, LinearProduct device) {
        double share = 3.1 * RoundingBackend.ROUNDOFF;
        double differing = 0;
        for (int sample = 0; sample < BATCH; sample++) {
            for (int row = 0; row < OUT; row++) {
                double magnitude =
                        Math.abs(Objects.requireNonNull(kernels.bias()).values().get(0, row));
                for (int col = 0; col < IN; col++) {
                    magnitude += Math.abs(
                            weight(kernels, row, col) * kernels.buffers().x().get(sample, col));
                }
                float expected = kernels.buffers().y().get(sample, row);
                float actual = device.buffers().y().get(sample, row);
                assertEquals(expected, actual, share * magnitude, "y");
                differing += expected == actual ? 0 : 1;
            }
            for (int col = 0; col < IN; col++) {
                double magnitude = 0;
                for (int row = 0; row < OUT; row++) {
                    magnitude += Math.abs(
                            weight(kernels, row, col) * kernels.buffers().dy().get(sample, row));
                }
                PanelMatrix dx = kernels.buffers().dx();
                assertEquals(dx.get(sample, col), device.buffers().dx().get(sample, col), share * magnitude, "dx");
            }
        }
        assertTrue(differing > 0.2 * BATCH * OUT, "the device rounded " + differing);
    }

    private static double weight(LinearProduct layer, int row, int col) {
        return switch (layer.weights()) {
            case NmParameter kept -> kept.values().get(row, col);
            case MaskedParameter all ->
                all.pattern().pattern().find(row, col) < 0 ? 0 : all.values().get(row, col);
            case BlockParameter blocks -> blocks.values().get(row, col);
        };
    }

    private static LinearProduct layer(KernelArena arena, SrSte rule, Engine engine, Workers workers) {
        NmPattern first = rule != null && rule.transposable()
                ? ((ParameterPattern.Nm) new Patterns(
                                        SyntheticImages.config(Method.SR_STE)
                                                .nm(NmBackend.SPARSITY)
                                                .srSte(rule)
                                                .build(),
                                        List.of(
                                                new WeightSpec("first", LayerShape.linear(OUT, IN), 1),
                                                new WeightSpec("last", LayerShape.linear(4, OUT), 1)))
                                .first(false)
                                .get(0))
                        .pattern()
                : NmPattern.random(OUT, IN, 2, 4, 1, new SplittableRandom(1));
        LayerBuffers buffers = new LayerBuffers(
                PanelMatrix.allocate(arena, BATCH, IN),
                PanelMatrix.allocate(arena, BATCH, OUT),
                PanelMatrix.allocate(arena, BATCH, OUT),
                PanelMatrix.allocate(arena, BATCH, IN),
                true);
        LinearProduct layer =
                new LinearProduct(arena, new ParameterPattern.Nm(first, rule), 1, true, true, buffers, engine, workers);
        layer.weights().initialise(new CounterRandom(1, 0, 0, Purpose.INIT), 2);
        return layer;
    }

    private static void fill(PanelMatrix panels, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int row = 0; row < panels.rows(); row++) {
            for (int col = 0; col < panels.cols(); col++) {
                panels.set(row, col, random.nextFloat(-1, 1));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"STATIC, false", "SET, false", "RIGL, false", "SR_STE, false", "SR_STE, true"})
    void eachMethodLearnsOnIt(Method method, boolean transposable) {
        try (TrainingRun run = TrainingRun.create(config(method, transposable).build(), IMAGES)) {
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            assertTrue(run.summary().testAccuracy() >= 0.9, run.summary()::toString);
            assertEquals(RoundingBackend.NAME, run.summary().engine());
            assertTrue(RoundingBackend.products > run.steps(), "products on the device: " + RoundingBackend.products);
        }
        assertEquals(0, RoundingBackend.open);
    }

    @Test
    void aRunGoesOnOnItBitByBit() throws IOException {
        TrainingConfig config = config(Method.SR_STE, true).epochs(2).build();
        Path file = folder.resolve("run.ckpt");
        String whole;
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            run.trainEpoch(StepListener.NONE);
            run.save(file);
            run.trainEpoch(StepListener.NONE);
            whole = run.summary().weightsHash();
        }
        try (TrainingRun run = TrainingRun.resume(file, IMAGES, 1)) {
            assertEquals(Device.GPU, run.config().device());
            run.trainEpoch(StepListener.NONE);
            assertEquals(whole, run.summary().weightsHash());
        }
        assertEquals(RoundingBackend.NAME, TrainingRun.engineOf(file));
    }

    @Test
    void aRunIsNotResumedWhereItCannotBeHad() throws IOException {
        Path file = folder.resolve("run.ckpt");
        try (TrainingRun run = TrainingRun.create(config(Method.STATIC, false).build(), IMAGES)) {
            run.save(file);
        }
        RoundingBackend.reason = "no loops today";

        InvalidConfigException refused =
                assertThrows(InvalidConfigException.class, () -> TrainingRun.resume(file, IMAGES, 1));

        assertEquals(
                "--device: gpu cannot be had here (rounding: no loops today); accepted are cpu", refused.getMessage());
    }

    @Test
    void theCpuGivesOtherBits() {
        TrainingConfig config = config(Method.STATIC, false).epochs(1).build();
        try (TrainingRun device = TrainingRun.create(config, IMAGES);
                TrainingRun kernels =
                        TrainingRun.create(config.toBuilder().device(Device.CPU).build(), IMAGES)) {
            device.trainEpoch(StepListener.NONE);
            kernels.trainEpoch(StepListener.NONE);
            assertNotEquals(kernels.summary().weightsHash(), device.summary().weightsHash());
            assertEquals(new Engine.Kernels().name(), kernels.summary().engine());
            assertFalse(device.deviceEnvironment().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 8", "0, 0"})
    void otherSparsityThanItCanDoIsRefused(int n, int m) {
        TrainingConfigBuilder config = config(Method.STATIC, false).nm(n == 0 ? null : new NmSparsity(n, m));

        InvalidConfigException refused = assertThrows(InvalidConfigException.class, config::build);

        assertTrue(String.valueOf(refused.getMessage()).endsWith("or gpu with --nm 2:4"), refused::getMessage);
    }

    @Test
    void theDenseRunBesideItIsOnTheCpu() {
        assertEquals(Device.CPU, config(Method.STATIC, false).build().asDense().device());
    }

    private static TrainingConfigBuilder config(Method method, boolean transposable) {
        return SyntheticImages.config(method)
                .nm(NmBackend.SPARSITY)
                .srSte(new SrSte(2e-4, transposable, transposable ? 10 : 1))
                .device(Device.GPU);
    }
}
