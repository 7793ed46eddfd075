package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.parameter.LayerShape;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionTest {
    private static final List<LayerShape> LENET =
            List.of(LayerShape.linear(300, 784), LayerShape.linear(100, 300), LayerShape.linear(10, 100));
    private static final List<LayerShape> GPT_384 = List.of(
            LayerShape.linear(384, 384),
            LayerShape.linear(384, 384),
            LayerShape.linear(384, 384),
            LayerShape.linear(384, 384),
            LayerShape.linear(1536, 384),
            LayerShape.linear(384, 1536));
    private static final List<LayerShape> GPT_128 = List.of(
            LayerShape.linear(384, 128),
            LayerShape.linear(128, 128),
            LayerShape.linear(512, 128),
            LayerShape.linear(128, 512));

    /** The project's golden values for ER. */
    static Stream<Arguments> goldenCounts() {
        return Stream.of(
                Arguments.of(LENET, 0.80, new long[] {38_160, 14_081, 1_000}),
                Arguments.of(LENET, 0.90, new long[] {18_715, 6_906, 1_000}),
                Arguments.of(LENET, 0.95, new long[] {9_052, 3_341, 919}),
                Arguments.of(LENET, 0.98, new long[] {3_621, 1_337, 368}),
                Arguments.of(GPT_384, 0.75, new long[] {49_152, 49_152, 49_152, 49_152, 122_880, 122_880}),
                Arguments.of(GPT_128, 0.75, new long[] {12_288, 6_144, 15_360, 15_360}));
    }

    @ParameterizedTest
    @MethodSource("goldenCounts")
    void erGivesTheGoldenCounts(List<LayerShape> layers, double sparsity, long[] counts) {
        assertArrayEquals(counts, Distribution.ER.nonzeros(layers, sparsity));
    }

    static Stream<Arguments> goldenDensities() {
        return Stream.of(
                Arguments.of(0.80, new double[] {0.16224, 0.46936, 1}),
                Arguments.of(0.90, new double[] {0.07957, 0.23019, 1}),
                Arguments.of(0.95, new double[] {0.03848, 0.11133, 0.91851}),
                Arguments.of(0.98, new double[] {0.01539, 0.04453, 0.36740}));
    }

    @ParameterizedTest
    @MethodSource("goldenDensities")
    void erGivesTheGoldenDensities(double sparsity, double[] densities) {
        assertArrayEquals(densities, Distribution.ER.densities(LENET, sparsity), 0.000_006);
    }

    @Test
    void uniformGivesEachLayerTheSameSparsity() {
        assertArrayEquals(new long[] {23_520, 3_000, 100}, Distribution.UNIFORM.nonzeros(LENET, 0.9));
    }

    @Test
    void erkCountsTheKernel() {
        List<LayerShape> layers = List.of(new LayerShape(16, 3, 3, 3, false), new LayerShape(32, 16, 3, 3, false));

        // By hand: N = 432 and 4608; in + out + kernel = 25 and 54; ε = 504/79.
        assertArrayEquals(new long[] {160, 345}, Distribution.ERK.nonzeros(layers, 0.9));
    }

    @Test
    void erIgnoresTheKernel() {
        List<LayerShape> layers = List.of(new LayerShape(16, 3, 3, 3, false), new LayerShape(32, 16, 3, 3, false));

        // By hand: weights 19/48 and 48/512; ε = 504/(19·9 + 48·9).
        assertArrayEquals(
                new double[] {504.0 / 603 * 19 / 48, 504.0 / 603 * 48 / 512},
                Distribution.ER.densities(layers, 0.9),
                1e-12);
    }

    @Test
    void layerKeptDenseIsLeftOutOfTheShare() {
        List<LayerShape> layers =
                List.of(LENET.get(0), LENET.get(1), LENET.get(2).keptDense());

        long[] counts = Distribution.ER.nonzeros(layers, 0.9);

        assertEquals(1_000, counts[2]);
        assertEquals((235_200 + 30_000) / 10.0, (double) (counts[0] + counts[1]), 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNIFORM", "ER", "ERK"})
    void sparsityZeroIsDense(Distribution distribution) {
        assertArrayEquals(new long[] {235_200, 30_000, 1_000}, distribution.nonzeros(LENET, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNIFORM", "ER", "ERK"})
    void sparsityOneIsEmpty(Distribution distribution) {
        assertArrayEquals(new long[] {0, 0, 0}, distribution.nonzeros(LENET, 1));
    }

    @Test
    void blocksAreCountedByTheRuleOfSingleWeights() {
        // 10×1024 has a grid of 1×64; floor(0.9·64) = 57 blocks are absent.
        assertArrayEquals(
                new long[] {7}, Distribution.UNIFORM.blocks(List.of(LayerShape.linear(10, 1024)), 0.9, 16, 16));
    }

    @Test
    void layerOfOneBlockKeepsIt() {
        assertArrayEquals(
                new long[] {1}, Distribution.UNIFORM.blocks(List.of(LayerShape.linear(16, 16)), 0.999, 16, 16));
    }

    @Test
    void noLayersGiveNoCounts() {
        assertArrayEquals(new long[0], Distribution.ERK.nonzeros(List.of(), 0.9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.5, Double.NaN})
    void sparsityOutOfRangeIsNamed(double sparsity) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> Distribution.ER.nonzeros(LENET, sparsity));

        assertEquals("sparsity: " + sparsity + " is out of range; accepted are 0 to 1", thrown.getMessage());
    }

    @Property
    void totalIsTheWantedOneRoundedUpPerLayer(
            @ForAll("networks") List<LayerShape> layers,
            @ForAll @DoubleRange(max = 0.999) @Scale(4) double sparsity,
            @ForAll Distribution distribution) {
        double wanted =
                (1 - sparsity) * layers.stream().mapToLong(LayerShape::weights).sum();

        long total = LongStream.of(distribution.nonzeros(layers, sparsity)).sum();

        assertTrue(total >= wanted - 1e-3 && total < wanted + layers.size() + 1e-3, () -> total + " for " + wanted);
    }

    @Property
    void everyLayerKeepsAtLeastOneBlockAndAtMostItsGrid(
            @ForAll("networks") List<LayerShape> layers,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) @Scale(6) double sparsity,
            @ForAll Distribution distribution,
            @ForAll @IntRange(min = 1, max = 64) int blockRows,
            @ForAll @IntRange(min = 1, max = 64) int blockColumns) {
        long[] counts = distribution.blocks(layers, sparsity, blockRows, blockColumns);

        assertTrue(IntStream.range(0, counts.length)
                .allMatch(l -> counts[l] >= 1 && counts[l] <= layers.get(l).blocks(blockRows, blockColumns)));
    }

    @Provide
    Arbitrary<List<LayerShape>> networks() {
        Arbitrary<Integer> features = Arbitraries.integers().between(1, 2000);
        Arbitrary<Integer> kernel = Arbitraries.integers().between(1, 5);
        return Combinators.combine(features, features, kernel, kernel)
                .as((out, in, height, width) -> new LayerShape(out, in, height, width, false))
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }
}
