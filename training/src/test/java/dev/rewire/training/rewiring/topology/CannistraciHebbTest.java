package dev.rewire.training.rewiring.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.Cells;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CannistraciHebbTest {
    /**
     * Outputs a, b, c and inputs 0 to 3; the links
     *
     * <pre>
     *     0 1 2 3
     *  a  x x . .
     *  b  x x x .
     *  c  . . x x
     * </pre>
     */
    private static final BlockPattern LINKS = Cells.pattern(3, 4, 1, 1, new int[] {0, 1, 4, 5, 6, 10, 11});

    private static float score(int output, int input) {
        float[] scores = new float[4];
        new CannistraciHebb(LINKS).score(output, scores);
        return scores[input];
    }

    @Test
    void thePairOfTwoPathsByHand() {
        // a-2: paths a-0-b-2 and a-1-b-2. b has 0 and 1 inside, nothing outside: 3/1. 0 and 1 have b inside, nothing
        // outside: 2/1 each.
        assertEquals(7, score(0, 2), 1e-6);
    }

    @Test
    void linksThatLeaveTheCommunityCountAgainst() {
        // c-0: the path c-2-b-0. b has 2 inside, 1 outside: 2/2. 2 has b inside, nothing outside: 2/1.
        assertEquals(3, score(2, 0), 1e-6);
        // b-3: the path b-2-c-3. c has 2 inside, nothing outside: 2/1. 2 has c inside, nothing outside: 2/1.
        assertEquals(4, score(1, 3), 1e-6);
    }

    @Test
    void aPairWithoutAPathHasNone() {
        assertEquals(0, score(0, 3));
    }

    /** Another way: the local community of a pair as a set of nodes, whose links are counted one by one. */
    @Property(tries = 60)
    void theScoresAreThoseOfTheDefinition(
            @ForAll @IntRange(min = 1, max = 9) int outputs,
            @ForAll @IntRange(min = 1, max = 9) int inputs,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll long seed) {
        BlockPattern links = BlockPattern.random(
                outputs, inputs, 1, 1, outputs * inputs * percent / 100, new SplittableRandom(seed));
        CannistraciHebb subject = new CannistraciHebb(links);
        float[] scores = new float[inputs];
        for (int v = 0; v < outputs; v++) {
            subject.score(v, scores);
            for (int u = 0; u < inputs; u++) {
                if (!links.stores(v, u)) {
                    assertEquals(ofDefinition(links, v, u), scores[u], 1e-4);
                }
            }
        }
    }

    private static double ofDefinition(BlockPattern links, int v, int u) {
        Set<Integer> outputs = new HashSet<>();
        Set<Integer> inputs = new HashSet<>();
        for (int o = 0; o < links.rows(); o++) {
            for (int i = 0; i < links.cols(); i++) {
                if (links.stores(v, i) && links.stores(o, i) && links.stores(o, u)) {
                    outputs.add(o);
                    inputs.add(i);
                }
            }
        }
        double score = 0;
        for (int o : outputs) {
            int inside = 0;
            int outside = 0;
            for (int i = 0; i < links.cols(); i++) {
                if (links.stores(o, i) && i != u) {
                    inside += inputs.contains(i) ? 1 : 0;
                    outside += inputs.contains(i) ? 0 : 1;
                }
            }
            score += (1.0 + inside) / (1 + outside);
        }
        for (int i : inputs) {
            int inside = 0;
            int outside = 0;
            for (int o = 0; o < links.rows(); o++) {
                if (links.stores(o, i) && o != v) {
                    inside += outputs.contains(o) ? 1 : 0;
                    outside += outputs.contains(o) ? 0 : 1;
                }
            }
            score += (1.0 + inside) / (1 + outside);
        }
        return score;
    }
}
