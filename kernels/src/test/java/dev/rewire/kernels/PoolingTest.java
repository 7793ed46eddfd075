package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.kernels.panel.MaxPooling;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pooling against its definition: maxima exactly, means within their bound, gradients exactly on small integers. */
@Tag("species")
class PoolingTest {
    private static final double U = 0x1p-24;

    /** A window: height, width, stride, padding. */
    private record Window(int height, int width, int stride, int padding) {}

    private static final Window[] WINDOWS = {
        new Window(1, 1, 1, 0),
        new Window(2, 2, 2, 0),
        new Window(3, 3, 2, 1),
        new Window(3, 2, 1, 1),
        new Window(2, 3, 3, 0),
        new Window(4, 5, 2, 2)
    };

    private interface Case {
        void run(KernelArena arena, Workers workers, PanelMatrix x, FeatureMap map, Window window);
    }

    /** Values are small integers, so that there are equal ones. */
    private static void forAll(Case test) {
        long seed = 0;
        for (FeatureMap map : Images.MAPS) {
            for (Window window : WINDOWS) {
                if (map.height() + 2 * window.padding >= window.height
                        && map.width() + 2 * window.padding >= window.width) {
                    int batch = Images.BATCHES[(int) (seed % Images.BATCHES.length)];
                    try (KernelArena arena = Images.arena(++seed);
                            Workers workers = Workers.of(1 + (int) (seed % 3))) {
                        test.run(arena, workers, integers(arena, batch, map, seed), map, window);
                    }
                }
            }
        }
    }

    private static PanelMatrix integers(KernelArena arena, int batch, FeatureMap map, long seed) {
        PanelMatrix panels = PanelMatrix.allocate(arena, batch, map.features());
        SplittableRandom random = new SplittableRandom(seed);
        Images.forEach(map, feature -> {
            for (int sample = 0; sample < batch; sample++) {
                panels.set(sample, feature, random.nextInt(-4, 3));
            }
        });
        return panels;
    }

    private interface Place {
        void visit(int outputFeature, int[] inputFeatures);
    }

    /** All windows, with the places of the image in them, row by row. */
    private static void forEachWindow(FeatureMap in, FeatureMap out, Window w, Place place) {
        for (int row = 0; row < out.height(); row++) {
            for (int col = 0; col < out.width(); col++) {
                for (int c = 0; c < out.channels(); c++) {
                    int[] features = new int[w.height * w.width];
                    int count = 0;
                    for (int i = 0; i < w.height; i++) {
                        for (int j = 0; j < w.width; j++) {
                            int y = row * w.stride - w.padding + i;
                            int x = col * w.stride - w.padding + j;
                            if (y >= 0 && y < in.height() && x >= 0 && x < in.width()) {
                                features[count++] = in.feature(y, x, c);
                            }
                        }
                    }
                    place.visit(out.feature(row, col, c), java.util.Arrays.copyOf(features, count));
                }
            }
        }
    }

    @Test
    void theGreatestComesOut() {
        forAll((arena, workers, x, map, w) -> {
            MaxPooling pooling = MaxPooling.of(map, w.height, w.width, w.stride, w.padding, 1, workers);
            PanelMatrix y = Images.random(arena, x.rows(), pooling.output(), 1, 0);
            pooling.forward(x, y);
            forEachWindow(map, pooling.output(), w, (out, in) -> {
                for (int sample = 0; sample < x.rows(); sample++) {
                    float greatest = Float.NEGATIVE_INFINITY;
                    for (int feature : in) {
                        greatest = Math.max(greatest, x.get(sample, feature));
                    }
                    assertEquals(greatest, y.get(sample, out), 0f, pooling + " " + sample + ", " + out);
                }
            });
            Images.assertRestIsZero(y, pooling.output());
        });
    }

    @Test
    void theGradientGoesToTheFirstOfEqualMaxima() {
        forAll((arena, workers, x, map, w) -> {
            MaxPooling pooling = MaxPooling.of(map, w.height, w.width, w.stride, w.padding, 0, workers);
            PanelMatrix y =
                    PanelMatrix.allocate(arena, x.rows(), pooling.output().features());
            PanelMatrix dy = integers(arena, x.rows(), pooling.output(), 3);
            PanelMatrix dx = integers(arena, x.rows(), map, 4);
            pooling.forward(x, y);
            pooling.backward(x, y, dy, dx);
            double[][] expected = new double[x.rows()][map.features()];
            forEachWindow(map, pooling.output(), w, (out, in) -> {
                for (int sample = 0; sample < x.rows(); sample++) {
                    int first = in[0];
                    for (int feature : in) {
                        first = x.get(sample, feature) > x.get(sample, first) ? feature : first;
                    }
                    expected[sample][first] += dy.get(sample, out);
                }
            });
            assertEqualValues(expected, dx, pooling);
            Images.assertRestIsZero(dx, map);
        });
    }

    private static void assertEqualValues(double[][] expected, PanelMatrix actual, Object what) {
        for (int sample = 0; sample < expected.length; sample++) {
            for (int feature = 0; feature < expected[sample].length; feature++) {
                assertEquals(
                        expected[sample][feature],
                        actual.get(sample, feature),
                        0,
                        what + " " + sample + ", " + feature);
            }
        }
    }

    @Test
    void aNanComesOutOfItsWindows() {
        FeatureMap map = new FeatureMap(4, 4, 2, 0);
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = integers(arena, 3, map, 1);
            x.set(1, map.feature(1, 0, 1), Float.NaN);
            MaxPooling pooling = MaxPooling.of(map, 2, 2, 2, 0, 0, workers);
            PanelMatrix y = PanelMatrix.allocate(arena, 3, pooling.output().features());
            pooling.forward(x, y);
            assertTrue(Float.isNaN(y.get(1, pooling.output().feature(0, 0, 1))));
            assertTrue(Float.isFinite(y.get(1, pooling.output().feature(0, 1, 1))));
        }
    }

    @Test
    void theMeanCountsThePadding() {
        forAll((arena, workers, x, map, w) -> {
            AveragePooling pooling = AveragePooling.of(map, w.height, w.width, w.stride, w.padding, 1, workers);
            PanelMatrix y = Images.random(arena, x.rows(), pooling.output(), 1, 0);
            pooling.forward(x, y);
            int places = w.height * w.width;
            forEachWindow(map, pooling.output(), w, (out, in) -> {
                for (int sample = 0; sample < x.rows(); sample++) {
                    double sum = 0;
                    double size = 0;
                    for (int feature : in) {
                        sum += x.get(sample, feature);
                        size += Math.abs(x.get(sample, feature));
                    }
                    double bound = (places + 1) * U * size / places;
                    Images.assertNear(sum / places, y.get(sample, out), bound, pooling + " " + sample + ", " + out);
                }
            });
            Images.assertRestIsZero(y, pooling.output());
        });
    }

    @Test
    void theGradientOfTheMeanIsSpread() {
        forAll((arena, workers, x, map, w) -> {
            AveragePooling pooling = AveragePooling.of(map, w.height, w.width, w.stride, w.padding, 0, workers);
            PanelMatrix dy = integers(arena, x.rows(), pooling.output(), 3);
            PanelMatrix dx = integers(arena, x.rows(), map, 4);
            pooling.backward(dy, dx);
            double[][] expected = new double[x.rows()][map.features()];
            forEachWindow(map, pooling.output(), w, (out, in) -> {
                for (int sample = 0; sample < x.rows(); sample++) {
                    for (int feature : in) {
                        expected[sample][feature] += dy.get(sample, out) / (double) (w.height * w.width);
                    }
                }
            });
            for (int sample = 0; sample < x.rows(); sample++) {
                for (int feature = 0; feature < map.features(); feature++) {
                    Images.assertNear(
                            expected[sample][feature], dx.get(sample, feature), 64 * U * 4, pooling + ", " + feature);
                }
            }
            Images.assertRestIsZero(dx, map);
        });
    }

    @Test
    void globalMeansAreOfAllPositions() {
        for (FeatureMap map : Images.MAPS) {
            try (KernelArena arena = Images.arena(2);
                    Workers workers = Workers.of(2)) {
                PanelMatrix x = integers(arena, 65, map, 1);
                AveragePooling pooling = AveragePooling.global(map, workers);
                assertEquals(new FeatureMap(1, 1, map.channels(), 0), pooling.output());
                PanelMatrix y = PanelMatrix.allocate(arena, 65, map.channels());
                pooling.forward(x, y);
                int positions = map.height() * map.width();
                for (int sample = 0; sample < 65; sample++) {
                    for (int c = 0; c < map.channels(); c++) {
                        double sum = 0;
                        for (int position = 0; position < positions; position++) {
                            sum += x.get(sample, map.feature(position / map.width(), position % map.width(), c));
                        }
                        Images.assertNear(sum / positions, y.get(sample, c), 8 * U, map + ", " + c);
                    }
                }
            }
        }
    }

    @Test
    void workersChangeNoBit() {
        String one = bits(1);
        assertEquals(one, bits(2));
        assertEquals(one, bits(3));
    }

    /** The same number with vectors of 128, 256 and 512 bits and without. */
    @Test
    void bitsAreThoseOfAnyWidth() {
        assertEquals("1849028693 -1957744428 1973772182 -1329396479", bits(1));
    }

    private static String bits(int threads) {
        FeatureMap map = new FeatureMap(7, 5, 17, 1);
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(threads)) {
            PanelMatrix x = Images.random(arena, 130, map, 1, 0);
            MaxPooling max = MaxPooling.of(map, 3, 3, 2, 1, 0, workers);
            AveragePooling mean = AveragePooling.of(map, 3, 3, 2, 1, 0, workers);
            PanelMatrix y = PanelMatrix.allocate(arena, 130, max.output().features());
            PanelMatrix dy = Images.random(arena, 130, max.output(), 2, 0);
            PanelMatrix dx = Images.like(arena, x);
            max.forward(x, y);
            max.backward(x, y, dy, dx);
            String bits = Images.hash(y) + " " + Images.hash(dx);
            mean.forward(x, y);
            mean.backward(dy, dx);
            return bits + " " + Images.hash(y) + " " + Images.hash(dx);
        }
    }

    @Test
    void wrongOperandsAreRefused() {
        FeatureMap map = new FeatureMap(4, 4, 2, 0);
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            Refusal.ofArgument("height: 5", () -> MaxPooling.of(map, 5, 2, 1, 0, 0, workers));
            Refusal.ofArgument("stride: 0", () -> MaxPooling.of(map, 2, 2, 0, 0, 0, workers));
            Refusal.ofArgument("padding: 2", () -> AveragePooling.of(map, 3, 3, 1, 2, 0, workers));
            MaxPooling pooling = MaxPooling.of(map, 1, 1, 1, 0, 0, workers);
            PanelMatrix x = PanelMatrix.allocate(arena, 3, 32);
            Refusal.ofArgument("y: shares memory with x", () -> pooling.forward(x, x));
            Refusal.ofArgument("y.cols: 31", () -> pooling.forward(x, PanelMatrix.allocate(arena, 3, 31)));
            Refusal.ofArgument("y.rows: 4", () -> pooling.forward(x, PanelMatrix.allocate(arena, 4, 32)));
            Refusal.ofArgument("y.lanes: 32", () -> pooling.forward(x, PanelMatrix.allocate(arena, 3, 32, 32)));
            PanelMatrix y = Images.like(arena, x);
            Refusal.ofArgument("dx: shares memory with x", () -> pooling.backward(x, y, y, x));
        }
    }
}
