package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.ArraySamples;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.rewiring.DropRule;
import dev.rewire.training.rewiring.FreePlaces;
import dev.rewire.training.rewiring.GrowRule;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.WeightOverride;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees that brings layers, rules and data of its own. */
class FaceTest {
    private static final Layer LAYERS = Sequential.of(new Linear(24), new Relu())
            .then("nested", Sequential.of(new Linear(24), new Relu()))
            .then("last", new Linear(3));
    private static final Rules RANDOM_OF_MINE = new Rules(
            "mine",
            DropRule.MAGNITUDE,
            (free, count) -> free.cells(free.random().sample(free.count(), count)));

    @TempDir
    private Path folder;

    private static DataSplit rings() {
        return new DataSplit(rings(300, 1), rings(70, 2));
    }

    private static ArraySamples rings(int count, long seed) {
        Random random = new Random(seed);
        float[][] points = new float[count][];
        int[] rings = new int[count];
        for (int i = 0; i < count; i++) {
            points[i] = new float[] {(float) random.nextGaussian(), (float) random.nextGaussian()};
            rings[i] = (int) Math.min(2, Math.hypot(points[i][0], points[i][1]));
        }
        return ArraySamples.classified(points, rings, 3);
    }

    /** y = (x0 + x1, x0 − x1). */
    private static DataSplit sums() {
        return new DataSplit(sums(300, 1), sums(70, 2));
    }

    private static ArraySamples sums(int count, long seed) {
        Random random = new Random(seed);
        float[][] x = new float[count][];
        float[][] y = new float[count][];
        for (int i = 0; i < count; i++) {
            x[i] = new float[] {random.nextFloat(), random.nextFloat()};
            y[i] = new float[] {x[i][0] + x[i][1], x[i][0] - x[i][1]};
        }
        return ArraySamples.regression(x, y);
    }

    private static TrainingConfigBuilder config() {
        return TrainingConfig.builder()
                .model(Model.of("rings", LAYERS))
                .method(Method.SET)
                .sparsity(0.5)
                .epochs(4)
                .batch(25)
                .deltaT(5);
    }

    private static RunSummary trained(TrainingConfig config) {
        try (TrainingRun run = TrainingRun.create(config, rings())) {
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            return run.summary();
        }
    }

    @Test
    void anOwnRuleThatDoesWhatSetDoesGivesItsBits() {
        assertEquals(
                trained(config().build()).weightsHash(),
                trained(config().rules(RANDOM_OF_MINE).build()).weightsHash());
    }

    @Test
    void anOwnRuleByGradientBesideTheUpdateCostsItsProducts() {
        GrowRule rule = new GrowRule() {
            @Override
            public int[] choose(FreePlaces free, int count) {
                return GrowRule.GRADIENT.choose(free, count);
            }

            @Override
            public boolean usesGradient() {
                return true;
            }
        };
        RunSummary random = trained(config().build());
        RunSummary byGradient = trained(
                config().rules(new Rules("both", DropRule.MAGNITUDE, rule)).build());

        double ofDenseProducts = 2.0 * 25 * (2 * 24 + 24 * 24 + 24 * 3) * byGradient.rewirings();
        assertEquals(random.trainFlops() + ofDenseProducts, byGradient.trainFlops(), 1);
    }

    @Test
    void aRunOfOwnModelAndRulesGoesOnWithTheirConfigurationToTheSameBits() throws IOException {
        TrainingConfig config = config().rules(RANDOM_OF_MINE)
                .overrides(List.of(WeightOverride.parse("nested=0.25")))
                .clip(0.5)
                .build();
        Path file = folder.resolve("run");
        try (TrainingRun run = TrainingRun.create(config, rings())) {
            for (int i = 0; i < 17; i++) {
                run.step();
            }
            run.save(file);
        }
        TrainingConfig onTwo = config.toBuilder().threads(2).build();
        try (TrainingRun run = TrainingRun.resume(file, rings(), onTwo)) {
            assertEquals(17, run.steps());
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            assertEquals(trained(config).weightsHash(), run.summary().weightsHash());
        }
    }

    @Test
    void withoutItsConfigurationAnOwnModelIsRefusedInOneLine() throws IOException {
        Path file = folder.resolve("run");
        try (TrainingRun run = TrainingRun.create(config().build(), rings())) {
            run.save(file);
        }

        String message = assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, rings(), 1))
                .getMessage();

        assertTrue(
                message.contains("model rings is no preset; accepted is to resume with the configuration that has it"),
                message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void anotherConfigurationIsRefusedWithTheSettingThatDiffers() throws IOException {
        Path file = folder.resolve("run");
        try (TrainingRun run = TrainingRun.create(config().build(), rings())) {
            run.save(file);
        }
        TrainingConfig other = config().model(Model.of("circles", LAYERS)).build();

        String message = assertThrows(CheckpointException.class, () -> TrainingRun.resume(file, rings(), other))
                .getMessage();

        assertTrue(message.contains("its run had model rings, not circles"), message);
    }

    @Test
    void predictionsAreThoseThatTheEvaluationCounts() {
        try (TrainingRun run = TrainingRun.create(config().build(), rings())) {
            run.trainEpoch(StepListener.NONE);
            Predictions predictions = run.predict(run.data().test());
            Evaluation evaluation = run.evaluate(run.data().test());
            int[] classes = new int[70];
            int[] numbers = new int[70];
            Arrays.setAll(numbers, i -> i);
            run.data().test().writeClasses(numbers, 0, 70, 1, classes);
            int right = 0;
            for (int i = 0; i < classes.length; i++) {
                right += predictions.classes()[i] == classes[i] ? 1 : 0;
            }
            assertEquals(70, evaluation.predictions());
            assertEquals(right / 70.0, evaluation.accuracy());
            double[] first = predictions.probabilities()[0];
            assertEquals(1, Arrays.stream(first).sum(), 1e-12);
            assertEquals(Arrays.stream(first).max().orElse(0), first[predictions.classes()[0]]);
        }
    }

    @Test
    void regressionLearnsValuesAndHasNoAccuracy() {
        TrainingConfig config = config().model(
                        Model.of("sums", Sequential.of(new Linear(32), new Relu(), new Linear(2))))
                .epochs(30)
                .learningRate(0.05)
                .build();
        try (TrainingRun run = TrainingRun.create(config, sums())) {
            double before = run.evaluate(run.data().test()).loss();
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            Evaluation after = run.evaluate(run.data().test());
            assertTrue(after.loss() < before / 20, before + " to " + after.loss());
            assertTrue(Double.isNaN(after.accuracy())
                    && Double.isNaN(run.results().getLast().trainAccuracy()));
            assertEquals(after.loss(), run.summary().testLoss());
        }
    }

    @Test
    void aModelWhoseOutputDoesNotFitTheTargetsIsRefused() {
        TrainingConfig config = config().model(Model.of("two", new Linear(2))).build();

        String message = assertThrows(InvalidConfigException.class, () -> TrainingRun.create(config, rings()))
                .getMessage();

        assertTrue(message.startsWith("--model: its output of 2 is not 3 classes of a sample"), message);
    }

    @Test
    void stepsDecideTheLengthAndTheTests() {
        TrainingConfig config = config().steps(70).evalEvery(30).build();
        try (TrainingRun run = TrainingRun.create(config, rings())) {
            int tests = 0;
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
                tests++;
            }
            assertEquals(
                    "70 steps, 3 tests, 3 epochs",
                    run.steps() + " steps, " + tests + " tests, " + run.epochs() + " epochs");
        }
    }

    @Test
    void theProfileHasEachLayerAndAddsUp() {
        TrainingConfig config = config().profile(true).build();
        try (TrainingRun run = TrainingRun.create(config, rings())) {
            run.trainEpoch(StepListener.NONE);
            assertEquals(
                    List.of(
                            "linear1 forward",
                            "linear1 backward",
                            "nested.linear1 forward",
                            "nested.linear1 backward",
                            "last forward",
                            "last backward",
                            "loading",
                            "loss",
                            "optimizer",
                            "rewiring",
                            "rest"),
                    run.profile().stream().map(ProfileRow::part).toList());
            assertEquals(
                    1, run.profile().stream().mapToDouble(ProfileRow::share).sum(), 1e-9);
        }
    }

    @Test
    void withoutProfileNothingIsTimed() {
        try (TrainingRun run = TrainingRun.create(config().build(), rings())) {
            run.step();
            assertEquals(List.of(), run.profile());
        }
    }

    @Test
    void memoryOfParametersIsThatOfStoredWeightsAndOfWhatProductsHold() {
        TrainingConfig config = config().model(Model.of("one", new Linear(3).withoutBias()))
                .optimizer(new Optimizer.Adam(0.9, 0.999, 1e-8, 0, false))
                .build();
        RunSummary summary = trained(config);

        // Three of six weights, each as value, gradient and two slots, and with a column of 16 bits; four offsets of
        // rows.
        assertTrue(summary.parameterMemoryBytes() >= 3 * (4 * 4 + 2) + 4 * 4);
        assertEquals(6 * 4 * 4, summary.denseMemoryBytes());
        assertTrue(summary.peakMemoryBytes() > summary.parameterMemoryBytes());
    }

    @Test
    void theLayerOfANestedParameterIsNamedWhenItDiverges() {
        try (TrainingRun run = TrainingRun.create(config().build(), rings())) {
            Network network = run.trainer().network();
            network.weights().get(1).parameter().state().get(0).setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.NaN);

            DivergedException e = assertThrows(DivergedException.class, run::step);

            assertEquals(2, e.layer());
            assertTrue(e.getMessage().contains("layer 2, nested.linear1.weight,"), e.getMessage());
        }
    }

    @Test
    void aLayerThatIsNoPartOfAnotherIsNamedWhenItDiverges() {
        TrainingConfig config = config().model(Model.of("one", new Linear(3))).build();
        try (TrainingRun run = TrainingRun.create(config, rings())) {
            run.trainer().network().weights().get(0).parameter().state().get(0).fill((byte) 0xff);

            assertEquals(
                    1, assertThrows(DivergedException.class, () -> finish(run)).layer());
        }
    }

    private static void finish(TrainingRun run) {
        while (!run.isComplete()) {
            run.trainEpoch(StepListener.NONE);
        }
    }

    /** As clipping and the memory of gradients take it for granted. */
    @Test
    void gradientsAreZeroInThePaddingOfBlocks() {
        try (TrainingRun run = TrainingRun.create(config().block(7, 5).build(), rings())) {
            for (int i = 0; i < 8; i++) {
                run.step();
            }
            Network network = run.trainer().network();
            for (int w = 0; w < 3; w++) {
                BlockParameter weights =
                        (BlockParameter) network.weights().get(w).parameter();
                MemorySegment gradient = Objects.requireNonNull(weights.gradientMemory());
                BlockPattern p = weights.values().pattern();
                int padding = 0;
                for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
                    for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                        for (int i = 0; i < 35; i++) {
                            boolean outside =
                                    gridRow * 7 + i / 5 >= p.rows() || p.gridCol(block) * 5 + i % 5 >= p.cols();
                            if (outside) {
                                padding++;
                                assertEquals(0, gradient.getAtIndex(ValueLayout.JAVA_FLOAT, block * 35L + i));
                            }
                        }
                    }
                }
                assertTrue(padding > 0);
            }
        }
    }

    @Test
    void aNetworkOfItsOwnHasThePatternsOfItsConfiguration() {
        TrainingConfig config =
                config().overrides(List.of(WeightOverride.parse("last=dense"))).build();
        try (Network network = Network.create(config, new Shape.Features(2), 3);
                TrainingRun run = TrainingRun.create(config, rings())) {
            assertArrayEquals(run.trainer().network().nonzeros(), network.nonzeros());
            assertEquals(24 * 3, network.nonzeros()[2]);
            Set<String> names = new HashSet<>();
            network.parameters().forEach(p -> names.add(p.name()));
            assertTrue(names.contains("nested.linear1.bias"));
            assertFalse(network.leaves().isEmpty());
        }
    }
}
