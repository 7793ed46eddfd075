package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Panels of images for tests: random ones, what they hold, and whether all else in them is zero. */
final class Images {
    /** Images small and large, even and odd, with and without a margin; 1×1 are features. */
    static final FeatureMap[] MAPS = {
        new FeatureMap(1, 1, 1, 0),
        new FeatureMap(1, 1, 3, 0),
        new FeatureMap(1, 1, 300, 0),
        new FeatureMap(7, 5, 1, 1),
        new FeatureMap(7, 5, 3, 2),
        new FeatureMap(7, 5, 17, 1),
        new FeatureMap(30, 9, 2, 0)
    };

    static final int[] BATCHES = {1, 5, 64, 65, 130};

    private Images() {}

    /** Kernel memory between guard pages where there are such. */
    static KernelArena arena(long seed) {
        return GuardedArena.isSupported()
                ? KernelArena.over(new GuardedArena(seed % 2 == 0 ? GuardedArena.Side.END : GuardedArena.Side.START))
                : KernelArena.open();
    }

    static PanelMatrix random(KernelArena arena, int batch, FeatureMap map, long seed, double mean) {
        PanelMatrix panels = PanelMatrix.allocate(arena, batch, map.features());
        SplittableRandom random = new SplittableRandom(seed);
        forEach(map, feature -> {
            for (int sample = 0; sample < batch; sample++) {
                panels.set(sample, feature, (float) (mean + random.nextDouble(-2, 2)));
            }
        });
        return panels;
    }

    static PanelMatrix like(KernelArena arena, PanelMatrix panels) {
        return PanelMatrix.allocate(arena, panels.rows(), panels.cols(), panels.lanes());
    }

    static DenseMatrix vector(KernelArena arena, int length, long seed) {
        DenseMatrix vector = DenseMatrix.allocate(arena, 1, length);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            vector.set(0, i, (float) random.nextDouble(0.5, 2));
        }
        return vector;
    }

    interface Feature {
        void visit(int feature);
    }

    /** The features of the image, channels of a position next to each other. */
    static void forEach(FeatureMap map, Feature feature) {
        for (int row = 0; row < map.height(); row++) {
            for (int col = 0; col < map.width(); col++) {
                for (int channel = 0; channel < map.channels(); channel++) {
                    feature.visit(map.feature(row, col, channel));
                }
            }
        }
    }

    /** Samples × features, the margin among them. */
    static double[][] read(PanelMatrix panels) {
        double[][] values = new double[panels.rows()][panels.cols()];
        for (int sample = 0; sample < panels.rows(); sample++) {
            for (int feature = 0; feature < panels.cols(); feature++) {
                values[sample][feature] = panels.get(sample, feature);
            }
        }
        return values;
    }

    /** Margin, lanes behind the last sample and features behind the last one. */
    static void assertRestIsZero(PanelMatrix panels, FeatureMap map) {
        boolean[] inside = new boolean[(int) (panels.panelStride() / panels.lanes())];
        forEach(map, feature -> inside[feature] = true);
        for (int panel = 0; panel < panels.panels(); panel++) {
            for (int feature = 0; feature < inside.length; feature++) {
                for (int lane = 0; lane < panels.lanes(); lane++) {
                    if (!inside[feature] || panel * panels.lanes() + lane >= panels.rows()) {
                        long place = panel * panels.panelStride() + (long) feature * panels.lanes() + lane;
                        assertEquals(
                                0f,
                                panels.segment().getAtIndex(ValueLayout.JAVA_FLOAT, place),
                                0f,
                                "panel " + panel + ", feature " + feature + ", lane " + lane);
                    }
                }
            }
        }
    }

    static void assertNear(double expected, double actual, double bound, String what) {
        assertTrue(Math.abs(expected - actual) <= bound, () -> what + ": " + actual + " instead of " + expected);
    }

    static void assertSameBits(PanelMatrix expected, PanelMatrix actual) {
        assertEquals(-1, expected.segment().mismatch(actual.segment()), "byte that differs");
    }

    /** The bits of all floats in one number. */
    static int hash(PanelMatrix panels) {
        int hash = 1;
        for (int sample = 0; sample < panels.rows(); sample++) {
            for (int feature = 0; feature < panels.cols(); feature++) {
                hash = 31 * hash + Float.floatToIntBits(panels.get(sample, feature) + 0f); // of both zeros the same
            }
        }
        return hash;
    }

    static int hash(DenseMatrix vector) {
        int hash = 1;
        for (float value : vector.toArray()) {
            hash = 31 * hash + Float.floatToIntBits(value + 0f);
        }
        return hash;
    }
}
