package dev.rewire.training.random;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A random generator whose stream is a pure function of (seed, layer, step, purpose).
 *
 * <p>Equal keys give equal streams and different keys give streams that share no block, whatever was drawn before and
 * on whichever thread. A resumed run, or one with another number of workers, therefore makes the same random choices;
 * nothing but the step needs to be saved.
 *
 * <p>The generator is Philox4x32-10: the seed is its key, and the counter is (block, purpose and layer, step). One
 * stream holds 2<sup>34</sup> words of 32 bits. Every method declared here is part of the promise that a seed gives the
 * same numbers on every platform and release; methods inherited from {@link RandomGenerator} are as stable as the JDK.
 *
 * <p>An instance is a position in one stream and is not for sharing between threads.
 */
public final class CounterRandom implements RandomGenerator {
    /** The largest layer number that a key can hold: 2<sup>24</sup> &minus; 1. */
    public static final int MAX_LAYER = (1 << 24) - 1;

    private static final long WORD = 0xFFFFFFFFL;
    private static final long TWO_TO_32 = 1L << 32;

    /** What random numbers are for: draws for one purpose never shift those for another. */
    public enum Purpose {
        /** The first values of weights. */
        INIT(1),
        /** The first positions of a sparse layer's blocks. */
        PATTERN(2),
        /** The positions that a rewiring grows. */
        GROW(3),
        /** The order of the training samples. */
        SHUFFLE(4),
        /** Which samples are to test with. */
        SPLIT(5),
        /** What is done to an image before it is learned. */
        AUGMENT(6),
        /** The seeds of Dropout. */
        DROPOUT(7),
        /** What a rewiring drops, where chance decides that, too. */
        DROP(8);

        // Part of every stream's key: a number once given is never changed or used again.
        private final int code;

        Purpose(int code) {
            this.code = code;
        }
    }

    private final int seedLow;
    private final int seedHigh;
    private final int purposeAndLayer;
    private final int stepLow;
    private final int stepHigh;

    private final int[] words = new int[4];
    private int wordsUsed = words.length;
    private long nextBlock;

    private double spareGaussian;
    private boolean hasSpareGaussian;

    /**
     * The start of the stream of a key.
     *
     * @param seed the run's seed, any value
     * @param layer the layer that the numbers are for, 0 to {@link #MAX_LAYER}
     * @param step the training step or epoch that the numbers are for, any value
     * @param purpose what the numbers are for
     * @throws IllegalArgumentException if the layer is out of range
     */
    public CounterRandom(long seed, int layer, long step, Purpose purpose) {
        if (layer < 0 || layer > MAX_LAYER) {
            throw new IllegalArgumentException("layer: " + layer + " is out of range; accepted are 0 to " + MAX_LAYER);
        }
        this.seedLow = (int) seed;
        this.seedHigh = (int) (seed >>> 32);
        this.purposeAndLayer = purpose.code << 24 | layer;
        this.stepLow = (int) step;
        this.stepHigh = (int) (step >>> 32);
    }

    @Override
    public int nextInt() {
        if (wordsUsed == words.length) {
            refill();
        }
        return words[wordsUsed++];
    }

    private void refill() {
        if (nextBlock == TWO_TO_32) {
            throw new IllegalStateException("this stream's 2^34 words are used up; take the numbers of another step");
        }
        Philox.block((int) nextBlock, purposeAndLayer, stepLow, stepHigh, seedLow, seedHigh, words);
        nextBlock++;
        wordsUsed = 0;
    }

    @Override
    public long nextLong() {
        long high = nextInt();
        return high << 32 | (nextInt() & WORD);
    }

    @Override
    public boolean nextBoolean() {
        return nextInt() < 0;
    }

    /** {@return a multiple of 2<sup>&minus;24</sup>, uniform on [0, 1)} */
    @Override
    public float nextFloat() {
        return (nextInt() >>> 8) * 0x1p-24f;
    }

    /** {@return a multiple of 2<sup>&minus;53</sup>, uniform on [0, 1)} */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /**
     * A number from the standard normal distribution, by the Box–Muller transform.
     *
     * @return a number with mean 0 and variance 1, at most 8.6 in magnitude
     */
    @Override
    public double nextGaussian() {
        if (hasSpareGaussian) {
            hasSpareGaussian = false;
            return spareGaussian;
        }
        // StrictMath, because Math's results may differ by one unit in the last place between platforms.
        double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        double angle = 2 * Math.PI * nextDouble();
        spareGaussian = radius * StrictMath.sin(angle);
        hasSpareGaussian = true;
        return radius * StrictMath.cos(angle);
    }

    /**
     * An unbiased integer below a bound, by Lemire's multiplication with rejection ("Fast random integer generation in
     * an interval", 2019).
     *
     * @param bound the exclusive upper bound, at least 1
     * @return an integer uniform on [0, bound)
     * @throws IllegalArgumentException if the bound is not positive
     */
    @Override
    public int nextInt(int bound) {
        requirePositive(bound);
        long product = (nextInt() & WORD) * bound;
        if ((product & WORD) < bound) {
            long tooLow = TWO_TO_32 % bound;
            while ((product & WORD) < tooLow) {
                product = (nextInt() & WORD) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    @Override
    public int nextInt(int origin, int bound) {
        return (int) nextLong(origin, bound);
    }

    /**
     * An unbiased integer below a bound.
     *
     * @param bound the exclusive upper bound, at least 1
     * @return an integer uniform on [0, bound)
     * @throws IllegalArgumentException if the bound is not positive
     */
    @Override
    public long nextLong(long bound) {
        requirePositive(bound);
        if (bound <= Integer.MAX_VALUE) {
            return nextInt((int) bound);
        }
        long bits;
        long value;
        do {
            bits = nextLong() >>> 1;
            value = bits % bound;
        } while (bits - value + (bound - 1) < 0);
        return value;
    }

    @Override
    public long nextLong(long origin, long bound) {
        if (origin >= bound) {
            throw new IllegalArgumentException(
                    "bound: " + bound + " is out of range; accepted are integers above the origin " + origin);
        }
        long range = bound - origin;
        if (range > 0) {
            return origin + nextLong(range);
        }
        long value;
        do {
            value = nextLong();
        } while (value < origin || value >= bound);
        return value;
    }

    /**
     * Draws without replacement, by Floyd's algorithm: k draws, n bits of scratch.
     *
     * @param n the number of things to draw from, at least 0
     * @param k the number of things to draw, 0 to n
     * @return k different integers of [0, n) in ascending order; each set of k is equally likely
     * @throws IllegalArgumentException if n or k is out of range
     */
    public int[] sample(int n, int k) {
        if (n < 0) {
            throw new IllegalArgumentException("n: " + n + " is out of range; accepted are 0 and more");
        }
        if (k < 0 || k > n) {
            throw new IllegalArgumentException("k: " + k + " is out of range; accepted are 0 to " + n);
        }
        long[] drawn = new long[(n >>> 6) + 1];
        for (int last = n - k; last < n; last++) {
            int candidate = nextInt(last + 1);
            int chosen = (drawn[candidate >>> 6] >>> candidate & 1) == 0 ? candidate : last;
            drawn[chosen >>> 6] |= 1L << chosen;
        }
        int[] sorted = new int[k];
        int count = 0;
        for (int word = 0; word < drawn.length; word++) {
            for (long bits = drawn[word]; bits != 0; bits &= bits - 1) {
                sorted[count++] = (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return sorted;
    }

    /**
     * Draws an order, by the Fisher–Yates shuffle.
     *
     * @param n the number of things to order, at least 0
     * @return the integers of [0, n), each order equally likely
     * @throws IllegalArgumentException if n is negative
     */
    public int[] permutation(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("n: " + n + " is out of range; accepted are 0 and more");
        }
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        for (int i = n - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    private static void requirePositive(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound: " + bound + " is out of range; accepted are 1 and more");
        }
    }
}
