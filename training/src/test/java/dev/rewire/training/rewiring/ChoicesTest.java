package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.topology.DeadLinks;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What rules are made of: shares of layers, drawn places, chances, dead links, steps with dense gradients. */
class ChoicesTest {
    @Test
    void sharesAreInProportionAndRoundedToTheTotal() {
        assertArrayEquals(new int[] {3, 1}, Redistribution.shares(new double[] {3, 1}, new int[] {9, 9}, 4));
        assertArrayEquals(new int[] {2, 2, 1}, Redistribution.shares(new double[] {1, 1, 1}, new int[] {9, 9, 9}, 5));
    }

    @Test
    void whatDoesNotFitGoesToTheOthers() {
        assertArrayEquals(new int[] {2, 5, 3}, Redistribution.shares(new double[] {8, 1, 1}, new int[] {2, 9, 3}, 10));
    }

    @Test
    void withoutMomentumAllCountAlike() {
        assertArrayEquals(new int[] {2, 0, 2}, Redistribution.shares(new double[] {0, 0, 0}, new int[] {9, 0, 9}, 4));
        assertArrayEquals(new int[] {2, 2}, Redistribution.shares(new double[] {Double.NaN, 1}, new int[] {9, 9}, 4));
    }

    /** Twelve of 16 places are free. Each of 8 draws is one of them with 3/4, so a free place is among 8 draws with 1 − (15/16)⁸. */
    @Test
    void eachFreePlaceIsDrawnAsOftenAsAnother() {
        BlockExchange exchange = new BlockExchange(Cells.pattern(4, 4, 1, 1, new int[] {0, 5, 6, 15}), new int[0]);
        int[] drawn = new int[16];
        int tries = 20_000;
        for (int step = 0; step < tries; step++) {
            CounterRandom random = new CounterRandom(1, 0, step, Purpose.GROW);
            int before = -1;
            for (int cell : new FreePlaces(exchange, null, null, random).draw(8)) {
                assertTrue(cell > before);
                before = cell;
                drawn[cell]++;
            }
        }
        double expected = tries * (1 - Math.pow(15.0 / 16, 8));
        for (int cell = 0; cell < 16; cell++) {
            assertEquals(exchange.isFree(cell) ? expected : 0, drawn[cell], 5 * Math.sqrt(expected));
        }
    }

    /** An output with 1 and 3, an input each: importance 1/4 + 1 and 3/4 + 1. */
    @Test
    void aWeightIsDroppedInProportionToItsImportanceToThePowerOfMinusT() {
        try (KernelArena arena = KernelArena.open()) {
            BlockParameter weights = new BlockParameter(arena, Cells.pattern(1, 2, 1, 1, new int[] {0, 1}), 0);
            weights.values().values().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
            weights.values().values().setAtIndex(ValueLayout.JAVA_FLOAT, 1, -3);
            float[] scores = new float[2];
            DropRule.SOFT.score(weights, scores);
            assertArrayEquals(new float[] {1.25f, 1.75f}, scores);
            for (int progress = 0; progress <= 1; progress++) {
                int first = 0;
                int tries = 20_000;
                for (int step = 0; step < tries; step++) {
                    CounterRandom random = new CounterRandom(1, 0, step, Purpose.DROP);
                    DropRule.SOFT.score(weights, scores, new DropRule.Moment(random, progress));
                    first += scores[0] < scores[1] ? 1 : 0;
                }
                double odds = Math.pow(1.75 / 1.25, 1 + 2 * progress);
                assertEquals(odds / (1 + odds), (double) first / tries, 5 * Math.sqrt(0.25 / tries));
            }
        }
    }

    /** Three layers of 3-3-3-2. Dropping the only input of neuron 1 takes its output, which was the only input of neuron 0 of the next layer, whose link goes as well. */
    @Test
    void linksOfDeadNeuronsGoInAChain() {
        BlockPattern[] patterns = {
            Cells.pattern(3, 3, 1, 1, new int[] {0, 4, 8}),
            Cells.pattern(3, 3, 1, 1, new int[] {1, 3, 7, 8}),
            Cells.pattern(2, 3, 1, 1, new int[] {0, 1, 2, 5}),
        };
        BitSet[] gone = {new BitSet(), new BitSet(), new BitSet()};
        gone[0].set(1); // the link from input 1 to neuron 1

        DeadLinks.addTo(patterns, gone);

        assertEquals("{1}", gone[0].toString());
        assertEquals("{0, 2}", gone[1].toString()); // cells 1 and 7 come from neuron 1; neuron 2 still has neuron 2
        assertEquals("{0}", gone[2].toString()); // cell 0 comes from neuron 0 of the second layer
    }

    @Test
    void linksToNeuronsThatNobodyReadsGoToo() {
        BlockPattern[] patterns = {
            Cells.pattern(2, 2, 1, 1, new int[] {0, 2, 3}), Cells.pattern(2, 2, 1, 1, new int[] {0, 3}),
        };
        BitSet[] gone = {new BitSet(), new BitSet()};
        gone[1].set(1);

        DeadLinks.addTo(patterns, gone);

        assertEquals("{1, 2}", gone[0].toString());
    }

    @Test
    void aLayerThatIsStoredWhollyEndsTheChain() {
        BlockPattern[] patterns = {Cells.pattern(2, 2, 1, 1, new int[] {0, 3}), null};
        BitSet[] gone = {new BitSet(), new BitSet()};
        gone[0].set(0);

        DeadLinks.addTo(patterns, gone);

        assertEquals("{0}{}", gone[0].toString() + gone[1]);
    }

    @Property(tries = 100)
    void stepsWithDenseGradientsAreThoseObservedOrRewired(
            @ForAll @IntRange(min = 0, max = 9) int begin,
            @ForAll @IntRange(min = 0, max = 30) int end,
            @ForAll @IntRange(min = 1, max = 7) int deltaT,
            @ForAll @IntRange(min = 1, max = 12) int window,
            @ForAll @IntRange(min = 0, max = 40) int steps) {
        DropSchedule schedule = new DropSchedule(DropSchedule.Annealing.CONSTANT, 0.3, deltaT, begin, end);
        GrowRule grow = window == 1
                ? GrowRule.GRADIENT
                : window == 12 ? new GrowRule.Momentum(0.9, 0) : new GrowRule.Accumulated(window);
        Rewiring rewiring = new Rewiring(DropRule.MAGNITUDE, grow, schedule);
        long expected = 0;
        for (long step = 0; step < steps; step++) {
            expected += rewiring.observes(step) || (window == 1 && schedule.rewiresAt(step)) ? 1 : 0;
        }

        assertEquals(expected, rewiring.denseSteps(steps));
    }

    @Property(tries = 100)
    void theNextRewiringIsTheFirstThatIsDue(
            @ForAll @IntRange(min = 0, max = 9) int begin,
            @ForAll @IntRange(min = 0, max = 30) int end,
            @ForAll @IntRange(min = 1, max = 7) int deltaT,
            @ForAll @IntRange(min = 0, max = 40) int step) {
        DropSchedule schedule = new DropSchedule(DropSchedule.Annealing.CONSTANT, 0.3, deltaT, begin, end);
        long expected = step;
        while (expected < 50 && !schedule.rewiresAt(expected)) {
            expected++;
        }

        assertEquals(expected == 50 ? -1 : expected, schedule.nextRewiring(step));
    }
}
