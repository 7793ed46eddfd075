package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.bench.Pairs.Winner;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairsTest {
    /** Of the two-sided binomial test, as SciPy's binomtest(won, won + lost) gives them. */
    @ParameterizedTest
    @CsvSource({
        "8, 0, 0.0078125, FIRST",
        "0, 8, 0.0078125, SECOND",
        "5, 0, 0.0625, NONE",
        "6, 0, 0.03125, FIRST",
        "15, 5, 0.04138946533203125, FIRST",
        "14, 6, 0.11531829833984375, NONE",
        "10, 10, 1, NONE",
        "0, 0, 1, NONE",
        "530, 470, 0.06202319509836318, NONE",
        "468, 532, 0.04629119736049815, SECOND"
    })
    void theSignTestSaysWhoWins(int won, int lost, double p, Winner winner) {
        Pairs pairs = new Pairs(won + lost, won, lost, 1);
        assertEquals(p, pairs.p(), 1e-7);
        assertEquals(winner, pairs.winner());
    }

    @Test
    void manyPairsAreCountedWithoutUnderflow() {
        assertEquals(Winner.FIRST, new Pairs(100_000, 100_000, 0, 0.5).winner());
        assertEquals(Winner.NONE, new Pairs(100_000, 50_000, 50_000, 1).winner());
    }

    @Test
    void tiesCountForNobody() {
        assertEquals(new Pairs(3, 1, 1, 1), Pairs.of(new long[] {1, 5, 9}, new long[] {2, 5, 8}));
    }

    @ParameterizedTest
    @CsvSource({"1 2 30, 2 2 10, 1", "1 4, 1 1, 2", "3, 1, 3"})
    void theRatioIsTheMedianOfPairs(String first, String second, double ratio) {
        assertEquals(ratio, Pairs.of(longs(first), longs(second)).ratio(), 1e-12);
    }

    private static long[] longs(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }

    @Test
    void aRunThatTheClockDidNotSeeIsNoDivisionByZero() {
        assertEquals(1, Pairs.of(new long[] {0}, new long[] {0}).ratio());
    }
}
