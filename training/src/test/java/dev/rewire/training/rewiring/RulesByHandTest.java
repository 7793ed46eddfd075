package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Each rule on 4×4 with eight weights, two to an output:
 *
 * <pre>
 *  8  1  .  .
 *  .  7  2  .
 *  .  .  6  9
 *  5  .  .  4
 * </pre>
 */
class RulesByHandTest {
    private static final int[] CELLS = {0, 1, 5, 6, 10, 11, 12, 15};
    private static final float[] VALUES = {8, 1, 7, -2, 6, 9, 5, 4};

    private final KernelArena arena = KernelArena.open();

    @AfterEach
    void close() {
        arena.close();
    }

    private BlockParameter weights(int room) {
        ParameterPattern.Blocks blocks = new ParameterPattern.Blocks(Cells.pattern(4, 4, 1, 1, CELLS), room);
        BlockParameter weights = new BlockParameter(arena, blocks, 1);
        for (int i = 0; i < VALUES.length; i++) {
            weights.values().values().setAtIndex(ValueLayout.JAVA_FLOAT, i, VALUES[i]);
            weights.state().get(1).setAtIndex(ValueLayout.JAVA_FLOAT, i, 10 * VALUES[i]);
        }
        return weights;
    }

    private NetworkRewiring network(List<BlockParameter> weights, List<MatrixScores> scores, Rewiring rewiring) {
        List<NamedParameter> named = new ArrayList<>();
        for (int w = 0; w < weights.size(); w++) {
            named.add(new NamedParameter("w" + w, weights.get(w), scores.get(w)));
        }
        return new NetworkRewiring(arena, named, rewiring, 1);
    }

    /** A quarter of the weights, 1 and −2, is dropped at each rewiring. */
    private static Rewiring quarter(GrowRule grow, int deltaT) {
        return new Rewiring(DropRule.MAGNITUDE, grow, DropSchedule.constant(0.25, deltaT, 100));
    }

    private static int[] cells(BlockParameter weights) {
        return Cells.of(weights.values().pattern());
    }

    private static void assertSurvivors(BlockParameter weights, int... cells) {
        for (int cell : cells) {
            float value = VALUES[Arrays.binarySearch(CELLS, cell)];
            int block = Arrays.binarySearch(cells(weights), cell);
            assertEquals(value, weights.values().values().getAtIndex(ValueLayout.JAVA_FLOAT, block));
            assertEquals(10 * value, weights.state().get(1).getAtIndex(ValueLayout.JAVA_FLOAT, block));
        }
    }

    private static void assertNewcomers(BlockParameter weights, int... cells) {
        for (int cell : cells) {
            int block = Arrays.binarySearch(cells(weights), cell);
            assertEquals(0, weights.values().values().getAtIndex(ValueLayout.JAVA_FLOAT, block));
            assertEquals(0, weights.state().get(1).getAtIndex(ValueLayout.JAVA_FLOAT, block));
        }
    }

    @Test
    void ofTheDrawnPlacesThoseOfTheLargestGradientsGrowAndNoneThatWasJustDropped() {
        float[][] gradient = {{0, 99, 3, -6}, {5, 0, 99, 1}, {7, -2, 0, 0}, {0, 4, 8, 0}};
        MatrixScores scores = new MatrixScores(gradient);
        BlockParameter weights = weights(8);

        network(List.of(weights), List.of(scores), quarter(new GrowRule.Sampled(1), 1))
                .apply(0);

        int[] drawn = Cells.of(scores.asked.getLast());
        assertTrue(drawn.length >= 2 && drawn.length <= 8, Arrays.toString(drawn));
        int[] best = Arrays.stream(drawn)
                .boxed()
                .sorted((a, b) -> Float.compare(Math.abs(gradient[b / 4][b % 4]), Math.abs(gradient[a / 4][a % 4])))
                .mapToInt(cell -> cell)
                .limit(2)
                .toArray();
        int[] expected = {0, 5, 10, 11, 12, 15, best[0], best[1]};
        Arrays.sort(expected);
        assertArrayEquals(expected, cells(weights));
        assertTrue(Arrays.stream(drawn).noneMatch(cell -> Arrays.binarySearch(CELLS, cell) >= 0));
        assertSurvivors(weights, 0, 5, 10, 11, 12, 15);
        assertNewcomers(weights, best);
    }

    @Test
    void gradientsOfSeveralStepsAreAddedUpAndThenForgotten() {
        float[][] gradient = new float[4][4];
        BlockParameter weights = weights(8);
        NetworkRewiring network =
                network(List.of(weights), List.of(new MatrixScores(gradient)), quarter(new GrowRule.Accumulated(2), 3));
        gradient[0][2] = 9; // too early for the rewiring at 3
        observe(network, 1);
        gradient[0][2] = 0;
        gradient[1][0] = 4;
        gradient[2][0] = 3;
        gradient[3][1] = -5;
        observe(network, 2);
        gradient[3][1] = 5; // and so nothing on the whole
        observe(network, 3);

        network.apply(3);

        assertArrayEquals(new int[] {0, 4, 5, 8, 10, 11, 12, 15}, cells(weights));
        assertSurvivors(weights, 0, 5, 10, 11, 12, 15);
        assertNewcomers(weights, 4, 8);
        network.parameters()
                .getFirst()
                .state()
                .getFirst()
                .elements(ValueLayout.JAVA_FLOAT)
                .forEach(sum -> {
                    assertEquals(0, sum.get(ValueLayout.JAVA_FLOAT, 0));
                });
    }

    private static void observe(NetworkRewiring network, long step) {
        if (network.observes(step)) {
            network.observe();
        }
    }

    @Test
    void growthIsByMomentumInLayersThatHaveMoreOfIt() {
        float[][] first = new float[4][4];
        float[][] second = new float[4][4];
        BlockParameter a = weights(16);
        BlockParameter b = weights(16);
        NetworkRewiring network = network(
                List.of(a, b),
                List.of(new MatrixScores(first), new MatrixScores(second)),
                quarter(new GrowRule.Momentum(0.5, 0), 2));
        first[0][2] = 8;
        first[0][0] = 12;
        second[0][0] = 8;
        second[2][0] = 1;
        observe(network, 1);
        first[0][2] = 0;
        first[3][1] = 3; // less than half of 8
        first[2][0] = 2;
        first[0][0] = 0;
        second[0][0] = -2; // so stored weights have 6 and 2: of the four dropped three and one grow
        second[2][0] = 1;
        observe(network, 2);

        network.apply(2);

        assertArrayEquals(new int[] {0, 2, 5, 8, 10, 11, 12, 13, 15}, cells(a));
        assertArrayEquals(new int[] {0, 5, 8, 10, 11, 12, 15}, cells(b));
        assertSurvivors(a, 0, 5, 10, 11, 12, 15);
        assertNewcomers(a, 2, 8, 13);
        assertNewcomers(b, 8);
    }

    @Test
    void withAdamItIsTheFirstMomentOverTheRootOfTheSecond() {
        float[][] gradient = new float[4][4];
        BlockParameter weights = weights(16);
        NetworkRewiring network = network(
                List.of(weights), List.of(new MatrixScores(gradient)), quarter(new GrowRule.Momentum(0.5, 0.75), 2));
        gradient[0][2] = 100;
        gradient[1][0] = 1;
        gradient[2][0] = 1;
        observe(network, 1);
        gradient[0][2] = -100; // m = −25, v = 4375: 0.38
        gradient[1][0] = 1; // m = 0.75, v = 0.4375: 1.13
        gradient[2][0] = 0; // m = 0.25, v = 0.1875: 0.58
        observe(network, 2);

        network.apply(2);

        assertArrayEquals(new int[] {0, 4, 5, 8, 10, 11, 12, 15}, cells(weights));
    }

    @Test
    void outputsWithTooFewSalientPlacesAreAblatedAndTheOthersShareTheirConnections() {
        // 1 and −2 are dropped. Salient are survivors, and cells 2 and 13: of the outputs 2, 1, 2 and 3.
        float[][] gradient = {{0, 0.5f, 9, 1}, {3, 0, 0, 2}, {4, 1, 0, 0}, {0, 8, 2, 0}};
        BlockParameter weights = weights(8);

        network(List.of(weights), List.of(new MatrixScores(gradient)), quarter(new GrowRule.FanIn(0.75), 1))
                .apply(0);

        // 1 < 0.75 · 2: output 1 loses all. 8 / 3 = 2 connections for each of the others; output 3 had two survivors.
        assertArrayEquals(new int[] {0, 2, 10, 11, 12, 15}, cells(weights));
        assertSurvivors(weights, 0, 10, 11, 12, 15);
        assertNewcomers(weights, 2);
    }

    @Test
    void anAblatedOutputComesBackWithEnoughSalientPlaces() {
        float[][] gradient = {{0, 0.5f, 9, 1}, {3, 0, 0, 2}, {4, 1, 0, 0}, {0, 8, 2, 0}};
        BlockParameter weights = weights(8);
        NetworkRewiring network =
                network(List.of(weights), List.of(new MatrixScores(gradient)), quarter(new GrowRule.FanIn(0.75), 1));
        network.apply(0);
        gradient[1] = new float[] {30, 40, 0, 50};
        gradient[0] = new float[] {0, 0, 0, 0};
        // Now a third is dropped of six: the newcomer of output 0, and 5, so that outputs have 1, 0, 2 and 1. Of the
        // places 7 and 5
        // are salient, both of output 1.
        new NetworkRewiring(
                        arena,
                        List.of(new NamedParameter("w", weights, new MatrixScores(gradient))),
                        new Rewiring(DropRule.MAGNITUDE, new GrowRule.FanIn(0.75), DropSchedule.constant(0.34, 1, 100)),
                        1)
                .apply(0);

        // Outputs 1 and 2 are left, with four connections each.
        assertArrayEquals(new int[] {4, 5, 6, 7, 8, 9, 10, 11}, cells(weights));
        assertSurvivors(weights, 10, 11);
        assertNewcomers(weights, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void allThatIsLostGrowsByTopologyWhereLinksOfDeadNeuronsAreDroppedToo() {
        BlockParameter a = weights(8);
        BlockParameter b = weights(8);
        NetworkRewiring network = network(
                List.of(a, b),
                List.of(new MatrixScores(new float[4][4]), new MatrixScores(new float[4][4])),
                new Rewiring(DropRule.SOFT, GrowRule.TOPOLOGY, DropSchedule.constant(0.25, 1, 100)));

        network.apply(0);

        assertEquals(8, cells(a).length);
        assertEquals(8, cells(b).length);
        assertTrue(!Arrays.equals(CELLS, cells(a)) || !Arrays.equals(CELLS, cells(b)));
    }
}
