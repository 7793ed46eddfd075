package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.panel.SoftmaxLoss;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loss of classes and its gradient against the same in double precision. */
@Tag("species")
class SoftmaxLossTest {
    private static final double U = 0x1p-24;

    private static PanelMatrix logits(KernelArena arena, int batch, int classes, long seed, double spread) {
        PanelMatrix logits = PanelMatrix.allocate(arena, batch, classes);
        SplittableRandom random = new SplittableRandom(seed);
        for (int row = 0; row < batch; row++) {
            for (int c = 0; c < classes; c++) {
                logits.set(row, c, (float) (random.nextDouble(-1, 1) * spread));
            }
        }
        return logits;
    }

    /** One row in eight is no prediction. */
    private static int[] labels(int batch, int classes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.ints(batch, 0, classes)
                .map(c -> random.nextInt(8) == 0 ? SoftmaxLoss.NONE : c)
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 65, 300})
    void lossAndGradientAreNearThoseInDouble(int classes) {
        for (int batch : Images.BATCHES) {
            try (KernelArena arena = Images.arena(batch);
                    Workers workers = Workers.of(1 + batch % 3)) {
                PanelMatrix logits = logits(arena, batch, classes, batch, 20);
                PanelMatrix gradient = Images.like(arena, logits);
                int[] labels = labels(batch, classes, batch);
                SoftmaxLoss loss = SoftmaxLoss.prepare(batch, classes, workers);
                loss.run(logits, labels, batch, 0.25, gradient);
                double bound = (classes / 64 + 80) * U;
                for (int row = 0; row < batch; row++) {
                    double[] p = softmax(logits, row);
                    int label = labels[row];
                    double expected = label == SoftmaxLoss.NONE ? 0 : -Math.log(p[label]);
                    Images.assertNear(expected, loss.loss(row), bound, "loss of row " + row);
                    for (int c = 0; c < classes; c++) {
                        double d = label == SoftmaxLoss.NONE ? 0 : (p[c] - (c == label ? 1 : 0)) * 0.25;
                        Images.assertNear(d, gradient.get(row, c), bound, "row " + row + ", class " + c);
                    }
                }
                Images.assertRestIsZero(gradient, new FeatureMap(1, 1, classes, 0));
            }
        }
    }

    private static double[] softmax(PanelMatrix logits, int row) {
        double[] p = new double[logits.cols()];
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < p.length; c++) {
            largest = Math.max(largest, logits.get(row, c));
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(logits.get(row, c) - largest);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    @Test
    void aHitIsTheFirstOfTheLargest() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix logits = PanelMatrix.allocate(arena, 4, 5);
            logits.set(1, 3, 2);
            logits.set(2, 3, 2);
            logits.set(3, 1, 2);
            logits.set(3, 3, 2);
            SoftmaxLoss loss = SoftmaxLoss.prepare(4, 5, workers);
            loss.run(logits, new int[] {0, 3, 1, 3}, 4, 1, null);
            assertEquals(
                    "true true false false", loss.hit(0) + " " + loss.hit(1) + " " + loss.hit(2) + " " + loss.hit(3));
        }
    }

    @Test
    void aProbabilityTooSmallToCountSendsNothingBack() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix logits = PanelMatrix.allocate(arena, 1, 3);
            logits.set(0, 1, -40); // e⁻⁴⁰ < 2⁻⁵³
            logits.set(0, 2, -30);
            PanelMatrix gradient = Images.like(arena, logits);
            SoftmaxLoss loss = SoftmaxLoss.prepare(1, 3, workers);
            loss.run(logits, new int[1], 1, 1, gradient);
            assertEquals(0f, gradient.get(0, 1));
            assertEquals(Math.exp(-30), gradient.get(0, 2), Math.exp(-30) * 1e-5);
        }
    }

    @Test
    void notANumberIsALossOfNone() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            for (int at = 0; at < 6; at++) {
                PanelMatrix logits = PanelMatrix.allocate(arena, 1, 6);
                logits.set(0, at, Float.NaN);
                SoftmaxLoss loss = SoftmaxLoss.prepare(1, 6, workers);
                loss.run(logits, new int[1], 1, 1, null);
                assertTrue(Double.isNaN(loss.loss(0)), "class " + at);
            }
        }
    }

    /** The same numbers with vectors of 128, 256 and 512 bits and without, and for any number of workers. */
    @Test
    void bitsAreThoseOfAnyWidthAndOfAnyNumberOfWorkers() {
        for (int threads = 1; threads <= 3; threads++) {
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(threads)) {
                PanelMatrix logits = logits(arena, 130, 67, 1, 10);
                PanelMatrix gradient = Images.like(arena, logits);
                SoftmaxLoss loss = SoftmaxLoss.prepare(130, 67, workers);
                loss.run(logits, labels(130, 67, 2), 130, 1 / 130.0, gradient);
                double[] losses = new double[130];
                Arrays.setAll(losses, loss::loss);
                assertEquals("-438531586 -1207204728", Arrays.hashCode(losses) + " " + Images.hash(gradient));
            }
        }
    }

    @Test
    void wrongOperandsAreRefused() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Refusal.ofArgument("classes: 0", () -> SoftmaxLoss.prepare(1, 0, workers));
            SoftmaxLoss loss = SoftmaxLoss.prepare(3, 2, workers);
            PanelMatrix logits = PanelMatrix.allocate(arena, 3, 2);
            Refusal.ofArgument("class 2 of row 1", () -> loss.run(logits, new int[] {0, 2, 0}, 3, 1, null));
            Refusal.ofArgument("rows: 4", () -> loss.run(logits, new int[4], 4, 1, null));
            Refusal.ofArgument("labels.length: 2", () -> loss.run(logits, new int[2], 3, 1, null));
            PanelMatrix wide = PanelMatrix.allocate(arena, 3, 3);
            Refusal.ofArgument("logits.cols: 3", () -> loss.run(wide, new int[3], 3, 1, null));
            Refusal.ofArgument("gradient.cols: 3", () -> loss.run(logits, new int[3], 3, 1, wide));
        }
    }
}
