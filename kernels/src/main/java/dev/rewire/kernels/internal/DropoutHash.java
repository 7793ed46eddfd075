package dev.rewire.kernels.internal;

/**
 * Which elements a Dropout keeps: a function of seed, step, feature and sample, computed anew wherever it is asked for. Seed, step and feature give a word by the
 * finaliser of SplitMix64 (Steele et al. 2014), that and the sample a hash of 32 bits by lowbias32 (C. Wellons, "Prospecting for hash functions", 2018), of
 * which the upper 24 bits are compared with a threshold.
 */
public final class DropoutHash {
    /** 2³² divided by the golden ratio: what a sample is multiplied by. */
    public static final int SAMPLE = 0x9E3779B9;

    /** First factor of lowbias32. */
    public static final int FACTOR_1 = 0x7feb352d;

    /** Second factor of lowbias32. */
    public static final int FACTOR_2 = 0x846ca68b;

    private static final long WEYL = 0x9E3779B97F4A7C15L;
    private static final int BITS = 24;

    private DropoutHash() {}

    /** What seed and step come to. */
    public static long key(long seed, long step) {
        return mix(mix(seed + WEYL) + step * WEYL);
    }

    /** What the key and a feature come to. */
    public static int ofFeature(long key, int feature) {
        return (int) (mix(key + (feature + 1) * WEYL) >>> Integer.SIZE);
    }

    /** An element is kept whose {@link #draw} is below this. */
    public static int threshold(float rate) {
        return (int) Math.round((1.0 - rate) * (1 << BITS));
    }

    /** 24 random bits of an element. */
    public static int draw(int ofFeature, int sample) {
        int h = ofFeature ^ (sample * SAMPLE);
        h ^= h >>> 16;
        h *= FACTOR_1;
        h ^= h >>> 15;
        h *= FACTOR_2;
        h ^= h >>> 16;
        return h >>> (Integer.SIZE - BITS);
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
