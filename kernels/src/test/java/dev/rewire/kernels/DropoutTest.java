package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.rewire.kernels.panel.Dropout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dropout: the share that is kept, what becomes of it, and that the mask is a function of seed, step and element alone. */
@Tag("species")
class DropoutTest {
    private static final int FEATURES = 500;

    @Test
    void whatIsKeptIsScaledAndTheRestIsZero() {
        for (float rate : new float[] {0, 0.1f, 0.5f, 0.9f}) {
            for (int batch : Images.BATCHES) {
                try (KernelArena arena = Images.arena(batch);
                        Workers workers = Workers.of(1)) {
                    FeatureMap map = new FeatureMap(1, 1, FEATURES, 0);
                    PanelMatrix x = Images.random(arena, batch, map, 1, 0);
                    PanelMatrix y = Images.like(arena, x);
                    Dropout.apply(x, y, rate, 3, 4, workers);
                    float scale = (float) (1 / (1.0 - rate));
                    int kept = 0;
                    for (int sample = 0; sample < batch; sample++) {
                        for (int i = 0; i < FEATURES; i++) {
                            if (y.get(sample, i) != 0) {
                                kept++;
                                assertEquals(x.get(sample, i) * scale, y.get(sample, i));
                            }
                        }
                    }
                    Images.assertRestIsZero(y, map);
                    // Six standard deviations of a binomial.
                    int all = batch * FEATURES;
                    Images.assertNear(all * (1.0 - rate), kept, 6 * Math.sqrt(all * rate * (1 - rate)), "kept");
                }
            }
        }
    }

    /** Not only on the whole: for each sample, each feature and each pair of neighbours, within six standard deviations. */
    @Test
    void elementsAreKeptIndependently() {
        int batch = 512;
        boolean[][] mask = mask(batch, 5, 0, 0, 2);
        int[] ofFeature = new int[FEATURES];
        int features = 0;
        int samples = 0;
        for (int sample = 0; sample < batch; sample++) {
            int ofSample = 0;
            for (int i = 0; i < FEATURES; i++) {
                ofSample += mask[sample][i] ? 1 : 0;
                ofFeature[i] += mask[sample][i] ? 1 : 0;
                features += mask[sample][i] && mask[sample][(i + 1) % FEATURES] ? 1 : 0;
                samples += mask[sample][i] && mask[(sample + 1) % batch][i] ? 1 : 0;
            }
            Images.assertNear(FEATURES / 2.0, ofSample, 6 * Math.sqrt(FEATURES / 4.0), "sample " + sample);
        }
        for (int i = 0; i < FEATURES; i++) {
            Images.assertNear(batch / 2.0, ofFeature[i], 6 * Math.sqrt(batch / 4.0), "feature " + i);
        }
        double pairs = batch * FEATURES;
        Images.assertNear(pairs / 4, features, 6 * Math.sqrt(pairs * 5 / 16), "pairs of features");
        Images.assertNear(pairs / 4, samples, 6 * Math.sqrt(pairs * 5 / 16), "pairs of samples");
    }

    @Test
    void otherSeedsAndStepsKeepOthers() {
        boolean[][] mask = mask(64, 1, 1, 1, 1);
        for (long[] other : new long[][] {{2, 1}, {1, 2}, {-1, 1}, {1, 0}}) {
            boolean[][] next = mask(64, other[0], other[1], 1, 1);
            int same = 0;
            for (int sample = 0; sample < 64; sample++) {
                for (int i = 0; i < FEATURES; i++) {
                    same += mask[sample][i] == next[sample][i] ? 1 : 0;
                }
            }
            int all = 64 * FEATURES;
            Images.assertNear(all / 2.0, same, 6 * Math.sqrt(all / 4.0), "seed " + other[0] + ", step " + other[1]);
        }
    }

    @Test
    void workersLanesAndTheOtherSamplesChangeNothing() {
        boolean[][] mask = mask(130, 9, 7, 0, 1);
        for (int threads = 2; threads <= 3; threads++) {
            boolean[][] other = mask(130, 9, 7, 0, threads);
            for (int sample = 0; sample < 130; sample++) {
                assertEquals(hash(mask[sample]), hash(other[sample]));
            }
        }
        boolean[][] few = mask(5, 9, 7, 0, 1); // in 16 lanes instead of 64
        for (int sample = 0; sample < 5; sample++) {
            assertEquals(hash(mask[sample]), hash(few[sample]));
        }
        assertNotEquals(hash(mask[0]), hash(mask[1]));
    }

    /** The same number with vectors of 128, 256 and 512 bits and without. */
    @Test
    void bitsAreThoseOfAnyWidth() {
        assertEquals(-114405618, java.util.Arrays.deepHashCode(mask(65, 9, 7, 0, 1)));
    }

    private static int hash(boolean[] row) {
        return java.util.Arrays.hashCode(row);
    }

    /** The mask at a rate of one half, from ones, in place. */
    private static boolean[][] mask(int batch, long seed, long step, int arenaSeed, int threads) {
        try (KernelArena arena = Images.arena(arenaSeed);
                Workers workers = Workers.of(threads)) {
            PanelMatrix x = Images.random(arena, batch, new FeatureMap(1, 1, FEATURES, 0), 1, 10);
            Dropout.apply(x, x, 0.5f, seed, step, workers);
            boolean[][] mask = new boolean[batch][FEATURES];
            for (int sample = 0; sample < batch; sample++) {
                for (int i = 0; i < FEATURES; i++) {
                    mask[sample][i] = x.get(sample, i) != 0;
                }
            }
            return mask;
        }
    }
}
