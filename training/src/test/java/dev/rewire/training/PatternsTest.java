package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.WeightOverride;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which weights there are first where some have settings of their own. */
class PatternsTest {
    private static final int[] SIZES = {64, 48, 32, 10};

    private static TrainingConfigBuilder config(String... overrides) {
        return TrainingConfig.builder()
                .model(Arrays.stream(SIZES).boxed().toList())
                .method(Method.SET)
                .distribution(Distribution.UNIFORM)
                .sparsity(0.75)
                .block(4, 4)
                .overrides(Arrays.stream(overrides).map(WeightOverride::parse).toList());
    }

    private static List<ParameterPattern> first(TrainingConfig config) {
        Perceptron model = (Perceptron) config.model();
        Outline outline = config.outline(model.input(), model.outputs());
        return new Patterns(config, outline.weights()).first(false);
    }

    private static BlockPattern blocks(TrainingConfig config, int w) {
        return ((ParameterPattern.Blocks) first(config).get(w)).pattern();
    }

    @Test
    void denseWeightsAreFullInBlocksThatKernelsLike() {
        assertEquals(
                BlockPattern.full(10, 32, 16, 16),
                blocks(config("linear3=dense").build(), 2));
    }

    @Test
    void aSparsityOfTheirOwnIsKeptToTheBlock() {
        assertEquals(96 / 2, blocks(config("linear2=0.5").build(), 1).blocks());
    }

    @Test
    void aBlockOfTheirOwnLeavesTheSparsityToTheDistribution() {
        BlockPattern pattern = blocks(config("linear1.weight=8x2").build(), 0);

        assertEquals("8x2", pattern.blockRows() + "x" + pattern.blockCols());
        assertEquals(6 * 32 / 4, pattern.blocks());
    }

    @Test
    void nmOfTheirOwnStandsBesideBlocks() {
        assertEquals(
                new NmSparsity(1, 4).toString(),
                first(config("linear1=1:4").build()).get(0) instanceof ParameterPattern.Nm nm
                        ? nm.pattern().n() + ":" + nm.pattern().m()
                        : "blocks");
    }

    @Test
    void blocksOfTheirOwnStandBesideNm() {
        TrainingConfig nm = config("linear2=0.5,8x8").nm(new NmSparsity(2, 4)).build();

        assertEquals(24 / 2, blocks(nm, 1).blocks());
    }

    @Test
    void laterSettingsWinOneByOne() {
        BlockPattern pattern = blocks(
                config("**=8x8", "linear1=0.5", "*1.weight=2x2", "linear2=dense")
                        .build(),
                0);

        assertEquals(2, pattern.blockRows());
        assertEquals(24 * 32 / 2, pattern.blocks());
    }

    @Test
    void aSparsityAfterDenseTakesItsPlace() {
        assertEquals(
                96 / 2, blocks(config("**=dense", "linear2=0.5").build(), 1).blocks());
    }

    /** As RigL's code has it: S holds for those that are left together, and densities are those of a network of these alone. */
    @Test
    void theDistributionIsThatOfTheOthersAlone() {
        TrainingConfig with =
                config("linear1=0.5").distribution(Distribution.ERK).block(1, 1).build();
        TrainingConfig others = config().model(List.of(48, 32, 10))
                .distribution(Distribution.ERK)
                .block(1, 1)
                .build();

        assertEquals(blocks(others, 0).blocks(), blocks(with, 1).blocks());
        assertEquals(blocks(others, 1).blocks(), blocks(with, 2).blocks());
        assertEquals(48 * 64 / 2, blocks(with, 0).blocks());
    }

    @Test
    void aDenseRunHasNoSettingsOfSomeWeights() {
        assertEquals(List.of(), config("linear1=0.5").build().asDense().overrides());
    }

    @Test
    void aGlobThatIsAboutNoWeightsIsRefusedWithTheNamesThatThereAre() {
        assertEquals(
                "--set: linear4=dense is about no weights; accepted are names of weights, or of layers that they are in:"
                        + " linear1.weight, linear2.weight, linear3.weight",
                refused(config("linear4=dense")));
    }

    @Test
    void nmThatDoesNotDivideTheInputsIsRefusedWithTheWeights() {
        assertEquals(
                "--set: **=1:16 cannot be had of linear2.weight, which is 30x40; accepted are N:M of which M divides the inputs of"
                        + " linear weights, and with --transposable the outputs",
                refused(config("**=1:16").model(List.of(64, 40, 30))));
    }

    private static String refused(TrainingConfigBuilder config) {
        return assertThrows(InvalidConfigException.class, config::build).getMessage();
    }
}
