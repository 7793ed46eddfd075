package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** The three products of a convolution are exact on small integers, for any shape that is accepted, stay in their memory, and leave the margin alone. */
@Tag("species")
class ConvTest {
    /** What is convolved, drawn from a seed. */
    private record Case(ConvShape shape, BlockPattern pattern, int batch, int threads) {
        static Case draw(long seed) {
            Random random = new Random(seed);
            int[] blocks = {1, 2, 3, 4, 8, 16};
            int blockRows = blocks[random.nextInt(blocks.length)];
            int blockCols = blocks[random.nextInt(blocks.length)];
            int in = blockCols * (1 + random.nextInt(3));
            int out = 1 + random.nextInt(20);
            int padding = random.nextInt(3);
            int stride = 1 + random.nextInt(3);
            int height = 1 + random.nextInt(7);
            int width = 1 + random.nextInt(7);
            int kernelHeight = 1 + random.nextInt(Math.min(5, height + 2 * padding));
            int kernelWidth = 1 + random.nextInt(Math.min(5, width + 2 * padding));
            FeatureMap input = new FeatureMap(height, width, in, padding + random.nextInt(2));
            ConvShape tight = ConvShape.of(input, out, kernelHeight, kernelWidth, stride, padding, 0);
            int halo = tight.backwardHalo() + random.nextInt(2);
            ConvShape shape = ConvShape.of(input, out, kernelHeight, kernelWidth, stride, padding, halo);
            int cells = Math.ceilDiv(out, blockRows) * (shape.weightCols() / blockCols);
            BlockPattern pattern = BlockPattern.random(
                    out,
                    shape.weightCols(),
                    blockRows,
                    blockCols,
                    random.nextInt(cells + 1),
                    new SplittableRandom(seed));
            int[] batches = {1, 3, 16, 17, 40, 64, 65, 130};
            return new Case(shape, pattern, batches[random.nextInt(batches.length)], 1 + random.nextInt(2));
        }
    }

    @Property(tries = 60)
    void forwardIsExactOnIntegers(
            @ForAll long seed, @ForAll GuardedArena.Side side, @ForAll boolean relu, @ForAll boolean accumulate) {
        Case c = Case.draw(seed);
        ConvShape s = c.shape();
        Random random = new Random(seed);
        try (KernelArena arena = arena(side);
                Workers workers = Workers.of(c.threads())) {
            BlockSparseMatrix w = weights(arena, c, random);
            PanelMatrix x = images(arena, c.batch(), s.input(), random);
            PanelMatrix y = images(arena, c.batch(), s.output(), random);
            DenseMatrix bias = DenseMatrix.allocate(arena, 1, s.output().channels());
            for (int channel = 0; channel < bias.cols(); channel++) {
                bias.set(0, channel, random.nextInt(-3, 4));
            }
            Epilogue end = Epilogue.NONE.withBias(bias).withAccumulate(accumulate);
            double[][] expected = new double[c.batch()][s.output().features()];
            forEachOutput(s, (row, col, channel) -> {
                int feature = s.output().feature(row, col, channel);
                for (int sample = 0; sample < c.batch(); sample++) {
                    double sum = bias.get(0, channel) + (accumulate ? y.get(sample, feature) : 0);
                    for (int weight = 0; weight < s.weightCols(); weight++) {
                        sum += w.get(channel, weight) * x.get(sample, inputOf(s, row, col, weight));
                    }
                    expected[sample][feature] = relu ? Math.max(0, sum) : sum;
                }
            });

            ConvPlan.forward(arena, w, s, c.batch(), relu ? end.withRelu() : end, workers)
                    .run(x, y);

            assertSame(expected, y);
        }
    }

    @Property(tries = 60)
    void backwardToTheInputIsExactOnIntegers(
            @ForAll long seed, @ForAll GuardedArena.Side side, @ForAll boolean masked, @ForAll boolean added) {
        Case c = Case.draw(seed);
        ConvShape s = c.shape();
        Random random = new Random(seed);
        try (KernelArena arena = arena(side);
                Workers workers = Workers.of(c.threads())) {
            BlockSparseMatrix w = weights(arena, c, random);
            PanelMatrix mask = images(arena, c.batch(), s.input(), random);
            PanelMatrix dx = images(arena, c.batch(), s.input(), random);
            PanelMatrix dy = images(arena, c.batch(), s.output(), random);
            PanelMatrix addend = images(arena, c.batch(), s.input(), random);
            double[][] expected = new double[c.batch()][s.input().features()];
            Images.forEach(s.input(), feature -> {
                for (int sample = 0; sample < c.batch(); sample++) {
                    boolean open = !masked || mask.get(sample, feature) > 0;
                    expected[sample][feature] = added && open ? addend.get(sample, feature) : 0;
                }
            });
            forEachOutput(s, (row, col, channel) -> {
                for (int weight = 0; weight < s.weightCols(); weight++) {
                    int feature = inputOf(s, row, col, weight);
                    if (isInside(s, row, col, weight)) {
                        for (int sample = 0; sample < c.batch(); sample++) {
                            boolean open = !masked || mask.get(sample, feature) > 0;
                            double product = w.get(channel, weight)
                                    * dy.get(sample, s.output().feature(row, col, channel));
                            expected[sample][feature] += open ? product : 0;
                        }
                    }
                }
            });

            Epilogue end = masked ? Epilogue.NONE.withReluMask(mask) : Epilogue.NONE;
            ConvPlan.backwardInput(arena, w, s, c.batch(), end.withAccumulate(added), workers)
                    .run(dy, added ? addend : dx, dx);

            assertSame(expected, dx);
        }
    }

    @Property(tries = 60)
    void backwardToTheWeightsIsExactOnIntegers(
            @ForAll long seed, @ForAll GuardedArena.Side side, @ForAll boolean accumulate) {
        Case c = Case.draw(seed);
        ConvShape s = c.shape();
        Random random = new Random(seed);
        try (KernelArena arena = arena(side);
                Workers workers = Workers.of(c.threads())) {
            BlockSparseMatrix dw = weights(arena, c, random);
            PanelMatrix x = images(arena, c.batch(), s.input(), random);
            PanelMatrix dy = images(arena, c.batch(), s.output(), random);
            double[][] expected = new double[s.output().channels()][s.weightCols()];
            BlockPattern p = c.pattern();
            for (int channel = 0; channel < expected.length; channel++) {
                for (int weight = 0; weight < s.weightCols(); weight++) {
                    expected[channel][weight] = accumulate ? dw.get(channel, weight) : 0;
                }
            }
            forEachOutput(s, (row, col, channel) -> {
                for (int weight = 0; weight < s.weightCols(); weight++) {
                    if (p.find(channel / p.blockRows(), weight / p.blockCols()) >= 0) {
                        for (int sample = 0; sample < c.batch(); sample++) {
                            expected[channel][weight] +=
                                    dy.get(sample, s.output().feature(row, col, channel))
                                            * x.get(sample, inputOf(s, row, col, weight));
                        }
                    }
                }
            });

            ConvGradient.prepare(arena, dw, s, c.batch(), accumulate, workers).run(dy, x);

            for (int channel = 0; channel < expected.length; channel++) {
                for (int weight = 0; weight < s.weightCols(); weight++) {
                    assertEquals(expected[channel][weight], dw.get(channel, weight), channel + ", " + weight);
                }
            }
        }
    }

    /** Beside pages that must not be touched, where the system has them. */
    private static KernelArena arena(GuardedArena.Side side) {
        return GuardedArena.isSupported() ? KernelArena.over(new GuardedArena(side)) : KernelArena.open();
    }

    private interface Position {
        void visit(int row, int col, int channel);
    }

    private static void forEachOutput(ConvShape s, Position position) {
        for (int row = 0; row < s.output().height(); row++) {
            for (int col = 0; col < s.output().width(); col++) {
                for (int channel = 0; channel < s.output().channels(); channel++) {
                    position.visit(row, col, channel);
                }
            }
        }
    }

    private static int rowOf(ConvShape s, int row, int weight) {
        return row * s.stride() - s.padding() + weight / s.input().channels() / s.kernelWidth();
    }

    private static int colOf(ConvShape s, int col, int weight) {
        return col * s.stride() - s.padding() + weight / s.input().channels() % s.kernelWidth();
    }

    private static int inputOf(ConvShape s, int row, int col, int weight) {
        return s.input()
                .feature(
                        rowOf(s, row, weight),
                        colOf(s, col, weight),
                        weight % s.input().channels());
    }

    private static boolean isInside(ConvShape s, int row, int col, int weight) {
        int r = rowOf(s, row, weight);
        int c = colOf(s, col, weight);
        return r >= 0 && r < s.input().height() && c >= 0 && c < s.input().width();
    }

    private static BlockSparseMatrix weights(KernelArena arena, Case c, Random random) {
        BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, c.pattern());
        BlockPattern p = c.pattern();
        for (int row = 0; row < p.rows(); row++) {
            for (int col = 0; col < p.cols(); col++) {
                if (p.find(row / p.blockRows(), col / p.blockCols()) >= 0) {
                    w.set(row, col, random.nextInt(-3, 4));
                }
            }
        }
        return w;
    }

    /** With a margin of zeros. */
    private static PanelMatrix images(KernelArena arena, int batch, FeatureMap map, Random random) {
        PanelMatrix images = PanelMatrix.allocate(arena, batch, map.features());
        for (int sample = 0; sample < batch; sample++) {
            for (int row = 0; row < map.height(); row++) {
                for (int col = 0; col < map.width(); col++) {
                    for (int channel = 0; channel < map.channels(); channel++) {
                        images.set(sample, map.feature(row, col, channel), random.nextInt(-3, 4));
                    }
                }
            }
        }
        return images;
    }

    /** The margin is zero, and so are lanes behind the last sample and features behind the last one. */
    private static void assertSame(double[][] expected, PanelMatrix actual) {
        for (int sample = 0; sample < expected.length; sample++) {
            for (int feature = 0; feature < expected[sample].length; feature++) {
                assertEquals(expected[sample][feature], actual.get(sample, feature), 0.0, sample + ", " + feature);
            }
        }
        double all = 0;
        for (float value : actual.segment().toArray(ValueLayout.JAVA_FLOAT)) {
            all += Math.abs(value);
        }
        double ofSamples = 0;
        for (double[] sample : expected) {
            for (double value : sample) {
                ofSamples += Math.abs(value);
            }
        }
        assertEquals(ofSamples, all, "padding");
    }
}
