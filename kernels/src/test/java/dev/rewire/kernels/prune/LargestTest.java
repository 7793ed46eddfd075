package dev.rewire.kernels.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LargestTest {
    /** Any bits, few different ones, and neighbours that differ in the last digit only. */
    @Provide
    Arbitrary<List<Double>> scores() {
        Arbitrary<Double> any = Arbitraries.longs().map(bits -> Math.abs(Double.longBitsToDouble(bits)));
        Arbitrary<Double> special = Arbitraries.of(
                0.0, Double.MIN_VALUE, 1.0, Math.nextUp(1.0), Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN);
        return Arbitraries.oneOf(any.list().ofMaxSize(50), special.list().ofMaxSize(50));
    }

    @Property(tries = 500)
    void marksTheFirstOfAStableSort(@ForAll("scores") List<Double> scores, @ForAll @IntRange(max = 100) int percent) {
        int k = scores.size() * percent / 100;
        boolean[] expected = new boolean[scores.size()];
        IntStream.range(0, scores.size())
                .boxed()
                .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
                .limit(k)
                .forEach(i -> expected[i] = true);
        assertArrayEquals(
                expected, Largest.of(scores.stream().mapToDouble(score -> score).toArray(), k));
    }
}
