package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.checkpoint.LayerForm;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.DropRule;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingConfigTest {
    private static final DataSplit IMAGES = SyntheticImages.of(40, 10);
    private static final Rules MINE = new Rules("mine", DropRule.MAGNITUDE, (free, count) -> new int[count]);

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("--sparsity: 1.5 ", base().sparsity(1.5)),
                Arguments.of("--sparsity: 1.0 ", base().sparsity(1)),
                Arguments.of("--sparsity: NaN ", base().sparsity(Double.NaN)),
                Arguments.of("--block: 0x3 ", base().block(0, 3)),
                Arguments.of("--block: 1x65 ", base().block(1, 65)),
                Arguments.of("--epochs: 0 ", base().epochs(0)),
                Arguments.of("--batch: -1 ", base().batch(-1)),
                Arguments.of("--lr: 0.0 ", base().learningRate(0)),
                Arguments.of("--lr: Infinity ", base().learningRate(Double.POSITIVE_INFINITY)),
                Arguments.of("--warmup: 3 ", base().epochs(3).warmupEpochs(3)),
                Arguments.of("--delta-t: 0 ", base().deltaT(0)),
                Arguments.of("--alpha: 0.0 ", base().alpha(0)),
                Arguments.of("--alpha: 1.1 ", base().alpha(1.1)),
                Arguments.of("--rewire-until: -0.1 ", base().rewireUntil(-0.1)),
                Arguments.of("--nm: none ", base().method(Method.SR_STE)),
                Arguments.of("--nm: 2:4 ", base().nm(new NmSparsity(2, 4)).model(List.of(784, 10))),
                Arguments.of("--nm: 1:16 ", base().nm(new NmSparsity(1, 16)).model(List.of(36, 20, 30, 10))),
                Arguments.of(
                        "--nm: 4:8 ",
                        base().nm(new NmSparsity(4, 8)).method(Method.SR_STE).srSte(new SrSte(0, true, 1))),
                Arguments.of("--steps: -1 ", base().steps(-1)),
                Arguments.of("--eval-every: 5 ", base().evalEvery(5)),
                Arguments.of("--eval-every: -5 ", base().steps(10).evalEvery(-5)),
                Arguments.of("--warmup-steps: 10 ", base().steps(10).warmupSteps(10)),
                Arguments.of("--clip: -1.0 ", base().clip(-1)),
                Arguments.of(
                        "--clip: 1.0 ", base().clip(1).method(Method.SR_STE).nm(new NmSparsity(2, 4))),
                Arguments.of("--clip: Infinity ", base().clip(Double.POSITIVE_INFINITY)),
                Arguments.of("--rewire-from: 0.8 ", base().rewireFrom(0.8)),
                Arguments.of("--rewire-from: NaN ", base().rewireFrom(Double.NaN)),
                Arguments.of("--set: nothing=dense ", base().overrides(List.of(WeightOverride.parse("nothing=dense")))),
                Arguments.of("rules: rigl ", base().method(Method.STATIC).rules(Rules.RIGL)),
                Arguments.of("rules: gse:1.0 ", base().method(Method.STATIC).rules(Rules.gse(1))),
                Arguments.of("--method: GSE ", base().method(Method.GSE).nm(new NmSparsity(2, 4))),
                Arguments.of(
                        "--block: of 4 weights", base().method(Method.SRIGL).block(2, 2)),
                Arguments.of("--block: of 4 weights", base().method(Method.CHTS).block(4, 1)),
                Arguments.of(
                        "--set: linear1=2x2",
                        base().method(Method.SRIGL).overrides(List.of(WeightOverride.parse("linear1=2x2")))),
                Arguments.of("--method: CHTS ", base().method(Method.CHTS).model(Presets.parse("lenet5"))),
                Arguments.of("rules: mine ", base().rules(MINE).nm(new NmSparsity(2, 4))),
                Arguments.of(
                        "rules: mine ", base().rules(MINE).overrides(List.of(WeightOverride.parse("linear1=2:4")))),
                Arguments.of("--threads: 0 ", base().threads(0)));
    }

    private static TrainingConfigBuilder base() {
        return TrainingConfig.builder();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsOutOfRangeIsNamedWithWhatIsAccepted(String start, TrainingConfigBuilder config) {
        assertNamed(start, config::build);
    }

    @Test
    void aModelHasToFitTheImages() {
        for (List<Integer> model : List.of(List.of(35, 4), List.of(36, 3))) {
            TrainingConfig config =
                    SyntheticImages.config(Method.RIGL).model(model).build();

            assertNamed("--model: ", () -> TrainingRun.create(config, IMAGES));
        }
    }

    @Test
    void aBatchHasToFitTheImages() {
        TrainingConfig config = SyntheticImages.config(Method.RIGL).batch(41).build();

        assertNamed("--batch: 41 ", () -> TrainingRun.create(config, IMAGES));
    }

    @Test
    void aLibraryIsForDenseRuns() {
        TrainingConfig config = SyntheticImages.config(Method.SET).build();

        assertNamed("--method: SET ", () -> TrainingRun.create(config, IMAGES, new LoopBackend()));
    }

    private static void assertNamed(String start, Runnable call) {
        String message = assertThrows(InvalidConfigException.class, call::run).getMessage();
        assertTrue(message.startsWith(start), message);
        assertTrue(message.contains("accepted are "), message);
    }

    @Test
    void aRunOfOneEpochHasNoWarmUpOfItsOwn() {
        assertEquals(0, base().epochs(1).build().warmupEpochs());
    }

    @Test
    void modelAndOptimizerSuggestTheLearningRateThatNobodySets() {
        Optimizer adam = new Optimizer.Adam(0.9, 0.999, 1e-8, 0, false);

        assertEquals(0.1, base().build().learningRate());
        assertEquals(0.05, base().model(Presets.parse("lenet5")).build().learningRate());
        assertEquals(
                0.001,
                base().model(Presets.parse("lenet5")).optimizer(adam).build().learningRate());
        assertEquals(
                0.3,
                base().model(Presets.parse("lenet5")).learningRate(0.3).build().toBuilder()
                        .build()
                        .learningRate());
    }

    @Test
    void denseRunsHaveNoSparsity() {
        assertEquals(0, base().sparsity(0.9).build().asDense().sparsity());
    }

    @Test
    void denseRunsHaveNoNm() {
        assertNull(base().nm(new NmSparsity(2, 4)).build().asDense().nm());
    }

    @Test
    void nmDecidesSparsityDistributionAndBlock() {
        TrainingConfig config = base().nm(new NmSparsity(1, 4)).block(4, 4).build();

        assertEquals(0.75, config.sparsity());
        assertEquals(Distribution.UNIFORM, config.distribution());
        assertEquals(1, config.blockRows() * config.blockCols());
    }

    @ParameterizedTest
    @CsvSource({"4, false, 1100", "4, true, 1000", "2, false, 1110", "16, false, 1000"})
    void layersAreNmWhereMDividesTheirInputsAndTheyAreNotTheLast(int m, boolean transposable, String expected) {
        TrainingConfig config = base().method(Method.SR_STE)
                .nm(new NmSparsity(1, m))
                .srSte(new SrSte(0, transposable, 1))
                .model(List.of(16, 8, 6, 12, 6))
                .build();

        assertEquals(expected, nmLayers(config));
    }

    private static String nmLayers(TrainingConfig config) {
        StringBuilder layers = new StringBuilder();
        Perceptron model = (Perceptron) config.model();
        Outline outline = config.outline(model.input(), model.outputs());
        for (LayerForm form : new Patterns(config, outline.weights()).forms()) {
            layers.append(form.isNm() ? 1 : 0);
        }
        return layers.toString();
    }

    @ParameterizedTest
    @CsvSource({"5, 4", "4, 4", "0, 4", "2, 3", "1, 1", "1, 32", "-1, 2"})
    void groupsHaveAPowerOfTwoAndKeepFewer(int n, int m) {
        assertNamed("--nm: " + n + ":" + m, () -> new NmSparsity(n, m));
    }

    @Test
    void settingsOfSrSteAreChecked() {
        assertNamed("--sr-ste-decay: NaN", () -> new SrSte(Double.NaN, false, 1));
        assertNamed("--mask-interval: 0", () -> new SrSte(0, false, 0));
    }

    @Test
    void textGivesTheSameSettingsBack() {
        TrainingConfig sgd = base().block(3, 5).learningRate(0.1 + 0.2).build();
        TrainingConfig adam = base().method(Method.SET)
                .distribution(Distribution.UNIFORM)
                .optimizer(new Optimizer.Adam(0.8, 0.98, 1e-7, 0.01, true))
                .rateDecay(RateDecay.STEP)
                .seed(Long.MIN_VALUE)
                .build();

        TrainingConfig nm = base().method(Method.SR_STE)
                .nm(new NmSparsity(2, 4))
                .srSte(new SrSte(1e-4, true, 7))
                .build();

        TrainingConfig more = base().overrides(
                        List.of(WeightOverride.parse("**=8x4"), WeightOverride.parse("linear1=0.7")))
                .steps(70)
                .evalEvery(30)
                .warmupSteps(7)
                .clip(0.5)
                .augmentation(new Augmentation(3, true))
                .method(Method.SET)
                .rules(Rules.RIGL)
                .annealing(Annealing.LINEAR)
                .rewireFrom(0.1)
                .build();

        assertEquals(more, ConfigText.parse(ConfigText.format(more)));
        assertEquals(nm, ConfigText.parse(ConfigText.format(nm)));
        assertEquals(sgd, ConfigText.parse(ConfigText.format(sgd)));
        assertEquals(adam, ConfigText.parse(ConfigText.format(adam)));
    }

    @Test
    void aModelThatCallsItselfAsAPresetIsRefused() {
        Model model = new Model() {
            @Override
            public String text() {
                return "lenet5";
            }

            @Override
            public Layer layers(Shape input, int outputs) {
                return new Linear(outputs);
            }
        };
        assertNamed("text of a model: lenet5 ", base().model(model)::build);
    }

    @Test
    void rulesOfOnesOwnNeedTheirConfiguration() {
        TrainingConfig config = base().method(Method.SET).rules(MINE).build();
        var text = ConfigText.format(config);

        assertThrows(IllegalArgumentException.class, () -> ConfigText.parse(text));
        assertEquals(config, ConfigText.parse(text, config.model(), MINE));
    }

    @Test
    void textWithoutAKeyIsRefused() {
        var text = ConfigText.format(base().build());
        text.remove("alpha");

        assertThrows(NoSuchElementException.class, () -> ConfigText.parse(text));
    }

    @Test
    void decaysEndWhereTheySay() {
        TrainingConfig config = base().learningRate(1).warmupEpochs(0).build();

        assertEquals(
                1,
                config.toBuilder()
                        .rateDecay(RateDecay.CONSTANT)
                        .build()
                        .learningRateOf(100, 10)
                        .at(99));
        assertEquals(
                0.01,
                config.toBuilder()
                        .rateDecay(RateDecay.STEP)
                        .build()
                        .learningRateOf(100, 10)
                        .at(75),
                1e-12);
        assertEquals(0, config.learningRateOf(100, 10).at(100));
        assertEquals(0.5, config.learningRateOf(100, 10).at(50), 1e-12);
        assertEquals(
                1 / 11.0,
                config.toBuilder()
                        .warmupEpochs(1)
                        .build()
                        .learningRateOf(100, 10)
                        .at(0),
                1e-12);
    }
}
