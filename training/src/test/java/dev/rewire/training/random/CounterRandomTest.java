package dev.rewire.training.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.random.CounterRandom.Purpose;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CounterRandomTest {
    private static final int DRAWS = 200_000;

    private static CounterRandom random() {
        return new CounterRandom(42, 3, 700, Purpose.INIT);
    }

    private static long[] draw(CounterRandom random) {
        return random.longs(32).toArray();
    }

    @Property
    void equalKeysGiveEqualStreams(
            @ForAll long seed,
            @ForAll @IntRange(max = CounterRandom.MAX_LAYER) int layer,
            @ForAll long step,
            @ForAll Purpose purpose) {
        assertArrayEquals(
                draw(new CounterRandom(seed, layer, step, purpose)),
                draw(new CounterRandom(seed, layer, step, purpose)));
    }

    @Property
    void everyBitOfTheSeedChangesTheStream(@ForAll long seed, @ForAll @IntRange(max = 63) int bit) {
        assertFalse(Arrays.equals(
                draw(new CounterRandom(seed, 3, 700, Purpose.INIT)),
                draw(new CounterRandom(seed ^ 1L << bit, 3, 700, Purpose.INIT))));
    }

    @Property
    void everyBitOfTheStepChangesTheStream(@ForAll long step, @ForAll @IntRange(max = 63) int bit) {
        assertFalse(Arrays.equals(
                draw(new CounterRandom(42, 3, step, Purpose.INIT)),
                draw(new CounterRandom(42, 3, step ^ 1L << bit, Purpose.INIT))));
    }

    @Property
    void everyBitOfTheLayerChangesTheStream(
            @ForAll @IntRange(max = CounterRandom.MAX_LAYER) int layer, @ForAll @IntRange(max = 23) int bit) {
        assertFalse(Arrays.equals(
                draw(new CounterRandom(42, layer, 700, Purpose.INIT)),
                draw(new CounterRandom(42, layer ^ 1 << bit, 700, Purpose.INIT))));
    }

    @Example
    void everyPurposeHasAStreamOfItsOwn() {
        long streams = Arrays.stream(Purpose.values())
                .map(purpose -> Arrays.toString(draw(new CounterRandom(42, 3, 700, purpose))))
                .distinct()
                .count();

        assertEquals(Purpose.values().length, streams);
    }

    @Example
    void streamDoesNotDependOnTheThread() {
        long[] expected = draw(random());

        assertTrue(IntStream.range(0, 64).parallel().allMatch(i -> Arrays.equals(expected, draw(random()))));
    }

    @Example
    void streamDoesNotDependOnWhatOthersDrew() {
        CounterRandom first = random();
        CounterRandom other = new CounterRandom(42, 3, 700, Purpose.GROW);

        long[] interleaved = new long[32];
        for (int i = 0; i < interleaved.length; i++) {
            other.sample(10 + i, i);
            interleaved[i] = first.nextLong();
        }

        assertArrayEquals(draw(random()), interleaved);
    }

    @Example
    void wordsAreThePhiloxBlocksOfTheKeyInOrder() {
        long seed = 0x0123456789abcdefL;
        long step = 0x1122334455667788L;
        int[] expected = new int[4];
        Philox.block(1, 1 << 24 | 5, 0x55667788, 0x11223344, 0x89abcdef, 0x01234567, expected);

        int[] words =
                new CounterRandom(seed, 5, step, Purpose.INIT).ints(8).skip(4).toArray();

        assertArrayEquals(expected, words);
    }

    @Example
    void purposesKeepTheirPlaceInTheKey() {
        int[] expected = new int[4];
        Philox.block(0, 4 << 24 | 1, 2, 0, 3, 0, expected);

        assertArrayEquals(
                expected, new CounterRandom(3, 1, 2, Purpose.SHUFFLE).ints(4).toArray());
    }

    @Property
    void boundedIntegersStayInRange(@ForAll @IntRange(min = 1) int bound) {
        CounterRandom random = random();
        for (int i = 0; i < 20; i++) {
            int drawn = random.nextInt(bound);
            assertTrue(drawn >= 0 && drawn < bound, () -> drawn + " of " + bound);
        }
    }

    @Example
    void boundedIntegersHaveNoBiasWhereTheBoundDoesNotDivide() {
        int bound = 3 << 29;
        CounterRandom random = random();

        // 2^32 is 2 2/3 bounds: plain remainders would fall into the lower two thirds three times out of four.
        double lower = IntStream.range(0, DRAWS)
                        .filter(i -> random.nextInt(bound) < bound / 3 * 2)
                        .count()
                / (double) DRAWS;

        assertEquals(2 / 3.0, lower, 0.005);
    }

    @Property
    void boundedLongsStayInRange(@ForAll long one, @ForAll long other) {
        long origin = Math.min(one, other);
        long bound = Math.max(one, other);
        if (origin < bound) {
            long drawn = random().nextLong(origin, bound);
            assertTrue(drawn >= origin && drawn < bound, () -> drawn + " of [" + origin + ", " + bound + ")");
        }
    }

    @Example
    void floatsAreUniformOnTheUnitInterval() {
        CounterRandom random = random();
        int[] tenths = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            float drawn = random.nextFloat();
            assertTrue(drawn >= 0 && drawn < 1);
            tenths[(int) (drawn * 10)]++;
        }

        assertUniform(tenths);
    }

    @Example
    void doublesAreUniformOnTheUnitInterval() {
        CounterRandom random = random();
        int[] tenths = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            double drawn = random.nextDouble();
            assertTrue(drawn >= 0 && drawn < 1);
            tenths[(int) (drawn * 10)]++;
        }

        assertUniform(tenths);
    }

    @Example
    void gaussiansHaveTheMomentsOfTheStandardNormalDistribution() {
        CounterRandom random = random();
        double[] moments = new double[5];
        for (int i = 0; i < DRAWS; i++) {
            double drawn = random.nextGaussian();
            for (int power = 1; power < moments.length; power++) {
                moments[power] += Math.pow(drawn, power) / DRAWS;
            }
        }

        assertArrayEquals(new double[] {0, 0, 1, 0, 3}, moments, 0.05);
    }

    @Property
    void sampleIsSortedAndWithoutRepetition(
            @ForAll @IntRange(max = 300) int n, @ForAll @IntRange(max = 300) int k, @ForAll long seed) {
        int drawn = Math.min(n, k);

        int[] sample = new CounterRandom(seed, 0, 0, Purpose.GROW).sample(n, drawn);

        assertEquals(drawn, sample.length);
        assertArrayEquals(IntStream.of(sample).distinct().sorted().toArray(), sample);
        assertTrue(IntStream.of(sample).allMatch(i -> i >= 0 && i < n));
    }

    @Example
    void sampleGivesEverySubsetTheSameChance() {
        CounterRandom random = random();
        int[] pairs = new int[5 * 5];
        for (int i = 0; i < DRAWS; i++) {
            int[] pair = random.sample(5, 2);
            pairs[pair[0] * 5 + pair[1]]++;
        }

        int[] counts = IntStream.of(pairs).filter(count -> count > 0).toArray();
        assertEquals(10, counts.length);
        assertUniform(counts);
    }

    @Property
    void permutationHoldsEachNumberOnce(@ForAll @IntRange(max = 300) int n, @ForAll long seed) {
        int[] order = new CounterRandom(seed, 0, 0, Purpose.SHUFFLE).permutation(n);

        assertArrayEquals(
                IntStream.range(0, n).toArray(), IntStream.of(order).sorted().toArray());
    }

    @Example
    void permutationGivesEveryOrderTheSameChance() {
        CounterRandom random = random();
        int[] orders = new int[6];
        for (int i = 0; i < DRAWS; i++) {
            int[] order = random.permutation(3);
            orders[order[0] * 2 + (order[1] > order[2] ? 1 : 0)]++;
        }

        assertUniform(orders);
    }

    @Example
    void layerOutOfRangeIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new CounterRandom(0, 1 << 24, 0, Purpose.INIT));

        assertEquals("layer: 16777216 is out of range; accepted are 0 to 16777215", thrown.getMessage());
    }

    @Example
    void sampleLargerThanItsSourceIsNamed() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> random().sample(5, 6));

        assertEquals("k: 6 is out of range; accepted are 0 to 5", thrown.getMessage());
    }

    @Example
    void boundBelowOneIsNamed() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> random().nextInt(0));

        assertEquals("bound: 0 is out of range; accepted are 1 and more", thrown.getMessage());
    }

    /** Within five standard deviations; the streams are fixed, so this cannot fail by chance. */
    private static void assertUniform(int[] counts) {
        double expected = IntStream.of(counts).sum() / (double) counts.length;
        for (int count : counts) {
            assertEquals(expected, count, 5 * Math.sqrt(expected), () -> Arrays.toString(counts));
        }
    }
}
