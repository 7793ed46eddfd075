package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class NmRandomPatternTest {
    @Property(tries = 200)
    void rowsShareTheirPlacesAsAskedFor(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern pattern = problem.pattern();
        for (int row = 0; row < problem.rows(); row++) {
            int leader = row - row % problem.sharedRows();
            for (int col = 0; col < problem.cols(); col++) {
                assertEquals(pattern.find(leader, col), pattern.find(row, col));
            }
        }
    }

    @Property(tries = 50)
    void sameSeedGivesTheSamePattern(@ForAll(supplier = NmCases.class) NmCase problem) {
        assertEquals(problem.pattern(), problem.pattern());
    }

    @Example
    void otherSeedGivesAnotherPattern() {
        assertNotEquals(
                NmPattern.random(8, 64, 2, 4, 1, new SplittableRandom(1)),
                NmPattern.random(8, 64, 2, 4, 1, new SplittableRandom(2)));
    }

    /** Six choices are as frequent as six faces of a die: within five standard deviations. */
    @Example
    void everyChoiceOfAGroupIsEquallyLikely() {
        NmPattern pattern = NmPattern.random(100, 2400, 2, 4, 1, new SplittableRandom(5));
        Map<String, Integer> counts = new TreeMap<>();
        for (int row = 0; row < pattern.rows(); row++) {
            for (int group = 0; group < pattern.groups(); group++) {
                counts.merge(pattern.index(row, group, 0) + "," + pattern.index(row, group, 1), 1, Integer::sum);
            }
        }
        assertEquals(6, counts.size());
        double draws = 60_000;
        double deviation = Math.sqrt(draws * (1 / 6.0) * (5 / 6.0));
        counts.forEach((choice, count) ->
                assertTrue(Math.abs(count - draws / 6) < 5 * deviation, () -> choice + " " + count + " times"));
    }
}
