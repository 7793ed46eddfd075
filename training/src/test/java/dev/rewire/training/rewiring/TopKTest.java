package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.util.Comparator;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TopKTest {
    @Property
    void largestAreThoseThatSortingPutsFirst(
            @ForAll("scores") float[] scores, @ForAll @IntRange(max = 100) int k, @ForAll long seed) {
        assertArrayEquals(sorted(scores, k, false), selected(TopK.largest(k), scores, seed));
    }

    @Property
    void smallestAreThoseThatSortingPutsFirst(
            @ForAll("scores") float[] scores, @ForAll @IntRange(max = 100) int k, @ForAll long seed) {
        assertArrayEquals(sorted(scores, k, true), selected(TopK.smallest(k), scores, seed));
    }

    @Property
    void runsOfScoresAreSelectedFromLikeSingleOnes(
            @ForAll("scores") float[] scores,
            @ForAll @IntRange(max = 100) int k,
            @ForAll @IntRange(min = 1, max = 700) int run,
            @ForAll boolean smallest) {
        TopK top = smallest ? TopK.smallest(k) : TopK.largest(k);
        for (int from = 0; from < scores.length; from += run) {
            top.offer(scores, from, Math.min(scores.length, from + run), from);
            top.indices();
        }

        assertArrayEquals(sorted(scores, k, smallest), top.indices());
    }

    @Property(tries = 100)
    void selectionFromFarMoreThanTheBufferIsThatOfSorting(
            @ForAll @IntRange(max = 3000) int k,
            @ForAll @IntRange(min = 1, max = 50_000) int levels,
            @ForAll long seed) {
        CounterRandom random = new CounterRandom(seed, 0, 0, Purpose.INIT);
        float[] scores = new float[20_000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = random.nextInt(levels);
        }

        assertArrayEquals(sorted(scores, k, false), selected(TopK.largest(k), scores, seed));
    }

    @Property(tries = 20)
    void streamsThatAscendOrDescendAreSelectedFromToo(@ForAll boolean ascending, @ForAll boolean smallest) {
        TopK top = smallest ? TopK.smallest(700) : TopK.largest(700);
        float[] scores = new float[50_000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = ascending ? i : -i;
            top.offer(scores[i], i);
        }

        assertArrayEquals(sorted(scores, 700, smallest), top.indices());
    }

    @Example
    void equalScoresGoToTheLowerIndex() {
        TopK top = TopK.largest(2);
        for (int index = 9; index >= 0; index--) {
            top.offer(1, index);
        }

        assertArrayEquals(new int[] {0, 1}, top.indices());
    }

    @Example
    void zerosOfBothSignsAreEqual() {
        TopK top = TopK.smallest(1);
        top.offer(0f, 0);
        top.offer(-0f, 1);

        assertArrayEquals(new int[] {0}, top.indices());
    }

    @Example
    void nanIsWorseThanTheSmallestNumber() {
        TopK top = TopK.largest(1);
        top.offer(Float.NaN, 0);
        top.offer(Float.NEGATIVE_INFINITY, 1);

        assertArrayEquals(new int[] {1}, top.indices());
    }

    @Example
    void nanIsWorseThanTheLargestNumberWhenTheSmallestAreSelected() {
        TopK top = TopK.smallest(1);
        top.offer(Float.NaN, 0);
        top.offer(Float.POSITIVE_INFINITY, 1);

        assertArrayEquals(new int[] {1}, top.indices());
    }

    @Example
    void nanFillsUpWhereNothingElseWasOffered() {
        TopK top = TopK.largest(2);
        top.offer(Float.NaN, 4);
        top.offer(Float.NaN, 3);
        top.offer(1, 9);

        assertArrayEquals(new int[] {3, 9}, top.indices());
    }

    @Example
    void selectionGoesOnAfterItWasRead() {
        TopK top = TopK.largest(2);
        top.offer(1, 0);
        top.offer(2, 1);
        top.offer(3, 2);
        top.indices();
        top.offer(4, 3);

        assertArrayEquals(new int[] {2, 3}, top.indices());
    }

    @Example
    void greatestIndexIsKept() {
        TopK top = TopK.largest(1);
        top.offer(1, Integer.MAX_VALUE);

        assertArrayEquals(new int[] {Integer.MAX_VALUE}, top.indices());
    }

    @Example
    void negativeKIsNamed() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> TopK.largest(-1));

        assertEquals("k: -1 is out of range; accepted are 0 to 1073740799", thrown.getMessage());
    }

    @Example
    void negativeIndexIsNamed() {
        TopK top = TopK.largest(1);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> top.offer(1, -5));

        assertEquals("index: -5 is out of range; accepted are 0 and more", thrown.getMessage());
    }

    @Provide
    Arbitrary<float[]> scores() {
        Arbitrary<Float> few = Arbitraries.of(
                0f, -0f, 1f, -1f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN);
        return Arbitraries.oneOf(few, Arbitraries.floats()).array(float[].class).ofMaxSize(3000);
    }

    private static int[] selected(TopK top, float[] scores, long seed) {
        for (int index : new CounterRandom(seed, 0, 0, Purpose.SHUFFLE).permutation(scores.length)) {
            top.offer(scores[index], index);
        }
        return top.indices();
    }

    private static int[] sorted(float[] scores, int k, boolean smallest) {
        Comparator<Integer> byScore = Comparator.comparingDouble(i -> scores[i] + 0f);
        Comparator<Integer> bestFirst = smallest ? byScore : byScore.reversed();
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.<Integer, Boolean>comparing(i -> Float.isNaN(scores[i]))
                        .thenComparing(bestFirst)
                        .thenComparing(Comparator.naturalOrder()))
                .limit(k)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}
