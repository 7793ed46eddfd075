package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plans of convolutions find their weights anew in each run, in memory that they share, and copy single ones into memory that is lent to them. */
@Tag("species")
class ConvIndexTest {
    private static final int BATCH = 3;
    private static final ConvShape SMALL = ConvShape.of(new FeatureMap(4, 5, 2, 1), 3, 3, 3, 1, 1, 1);
    private static final ConvShape LARGE = ConvShape.of(new FeatureMap(5, 4, 6, 1), 7, 3, 3, 2, 1, 1);

    /** Of whose windows 16 bits do not tell the inputs. */
    private static final ConvShape WIDE = ConvShape.of(new FeatureMap(2, 140, 256, 1), 256, 3, 3, 1, 1, 1);

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    /** Weights, images and products of a convolution, all of small integers. */
    private final class Convolution {
        final ConvShape shape;
        final BlockSparseMatrix w;
        final BlockSparseMatrix dw;
        final PanelMatrix x;
        final PanelMatrix dy;
        final PanelMatrix y;
        final PanelMatrix dx;
        final ConvPlan forward;
        final ConvPlan backward;
        final ConvGradient gradient;
        final SplittableRandom random = new SplittableRandom(5);

        Convolution(ConvShape shape, int weights, int blockRows) {
            this.shape = shape;
            BlockPattern pattern = pattern(weights, blockRows);
            w = BlockSparseMatrix.allocate(arena, pattern);
            dw = BlockSparseMatrix.allocate(arena, pattern);
            drawWeights();
            x = images(shape.input());
            dy = images(shape.output());
            y = PanelMatrix.allocate(arena, BATCH, shape.output().features());
            dx = PanelMatrix.allocate(arena, BATCH, shape.input().features());
            forward = ConvPlan.forward(arena, w, shape, BATCH, Epilogue.NONE, workers);
            backward = ConvPlan.backwardInput(arena, w, shape, BATCH, Epilogue.NONE, workers, dw);
            gradient = ConvGradient.prepare(arena, dw, shape, BATCH, false, workers);
        }

        BlockPattern pattern(int weights, int blockRows) {
            return BlockPattern.random(
                    shape.output().channels(), shape.weightCols(), blockRows, 1, weights, random.split());
        }

        void drawWeights() {
            BlockPattern p = w.pattern();
            for (int row = 0; row < p.rows(); row++) {
                for (int col = 0; col < p.cols(); col++) {
                    if (p.stores(row, col)) {
                        w.set(row, col, random.nextInt(-3, 4));
                    }
                }
            }
        }

        void rewire(int weights) {
            BlockPattern next = pattern(weights, w.pattern().blockRows());
            w.rewire(next);
            dw.rewire(next);
            drawWeights();
            forward.replan();
            backward.replan();
            gradient.replan();
        }

        private PanelMatrix images(FeatureMap map) {
            PanelMatrix images = PanelMatrix.allocate(arena, BATCH, map.features());
            for (int sample = 0; sample < BATCH; sample++) {
                for (int position = 0; position < map.height() * map.width(); position++) {
                    for (int channel = 0; channel < map.channels(); channel++) {
                        int feature = map.feature(position / map.width(), position % map.width(), channel);
                        images.set(sample, feature, random.nextInt(-3, 4));
                    }
                }
            }
            return images;
        }

        void assertExact() {
            forward.run(x, y);
            backward.run(dy, dx);
            gradient.run(dy, x);
            double[][] output = new double[BATCH][y.cols()];
            double[][] inputGradient = new double[BATCH][dx.cols()];
            BlockPattern p = w.pattern();
            FeatureMap in = shape.input();
            FeatureMap out = shape.output();
            for (int row = 0; row < p.rows(); row++) {
                for (int col = 0; col < p.cols(); col++) {
                    if (!p.stores(row, col)) {
                        continue;
                    }
                    int tap = col / in.channels();
                    double sum = 0;
                    for (int position = 0; position < out.height() * out.width(); position++) {
                        int outRow = position / out.width();
                        int outCol = position % out.width();
                        int inRow = outRow * shape.stride() - shape.padding() + tap / shape.kernelWidth();
                        int inCol = outCol * shape.stride() - shape.padding() + tap % shape.kernelWidth();
                        int from = in.feature(inRow, inCol, col % in.channels());
                        int to = out.feature(outRow, outCol, row);
                        boolean isInside = inRow >= 0 && inRow < in.height() && inCol >= 0 && inCol < in.width();
                        for (int sample = 0; sample < BATCH; sample++) {
                            output[sample][to] += w.get(row, col) * x.get(sample, from);
                            sum += dy.get(sample, to) * x.get(sample, from);
                            inputGradient[sample][from] += isInside ? w.get(row, col) * dy.get(sample, to) : 0;
                        }
                    }
                    assertEquals(sum, dw.get(row, col), "gradient of " + row + ", " + col);
                }
            }
            for (int sample = 0; sample < BATCH; sample++) {
                for (int feature = 0; feature < y.cols(); feature++) {
                    assertEquals(output[sample][feature], y.get(sample, feature), "output " + feature);
                }
                for (int feature = 0; feature < dx.cols(); feature++) {
                    assertEquals(inputGradient[sample][feature], dx.get(sample, feature), "input " + feature);
                }
            }
        }
    }

    @Test
    void eachRunCopiesTheWeightsThatThereAre() {
        Convolution c = new Convolution(SMALL, 30, 1);
        for (int run = 0; run < 4; run++) {
            c.assertExact();
            c.drawWeights();
        }
    }

    @Test
    void rewiredWeightsAreFoundAfterAnyNumberOfRuns() {
        Convolution c = new Convolution(LARGE, 60, 1);
        for (int weights : new int[] {60, 20, 60, 0, 41}) {
            c.rewire(weights);
            c.assertExact();
        }
    }

    @Test
    void aPlanThatNeedsMoreOfTheSharedMemoryLeavesOthersRight() {
        Convolution small = new Convolution(SMALL, 20, 1);
        Convolution ofBlocks = new Convolution(SMALL, 10, 2);
        small.assertExact();
        ofBlocks.assertExact();
        Convolution large = new Convolution(LARGE, 300, 1);
        Convolution largeOfBlocks = new Convolution(LARGE, 100, 2);
        large.assertExact();
        largeOfBlocks.assertExact();
        small.assertExact();
        ofBlocks.assertExact();
    }

    @Test
    void inputsThat16BitsDoNotTellAreFound() {
        new Convolution(WIDE, 40, 1).assertExact();
        new Convolution(WIDE, 20, 4).assertExact();
    }

    @Test
    void moreWeightsThan16BitsTellAreCopied() {
        ConvShape shape = ConvShape.of(new FeatureMap(1, 1, 128, 1), 64, 3, 3, 1, 1, 1);
        Convolution c = new Convolution(shape, 70_000, 1);
        c.assertExact();
        c.drawWeights();
        c.assertExact();
    }

    @Test
    void withRoomOfItsOwnThePlanIsTheSameBitByBit() {
        Convolution c = new Convolution(SMALL, 30, 1);
        SplittableRandom random = new SplittableRandom(2);
        for (int item = 0; item < 30; item++) {
            c.w.values().setAtIndex(ValueLayout.JAVA_FLOAT, item, random.nextFloat() - 0.5f);
        }
        PanelMatrix expected = PanelMatrix.allocate(arena, BATCH, c.dx.cols());
        ConvPlan.backwardInput(arena, c.w, SMALL, BATCH, Epilogue.NONE, workers).run(c.dy, expected);
        c.backward.run(c.dy, c.dx);
        assertEquals(-1, expected.segment().mismatch(c.dx.segment()));
    }

    @Test
    void theWeightsThemselvesAreNoRoom() {
        Convolution c = new Convolution(SMALL, 30, 1);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> ConvPlan.backwardInput(arena, c.w, SMALL, BATCH, Epilogue.NONE, workers, c.w));
        assertEquals("room: shares memory with w; accepted are separate matrices", e.getMessage());
    }

    @Test
    void roomOfAClosedArenaIsRefused() {
        Convolution c = new Convolution(SMALL, 30, 1);
        KernelArena other = KernelArena.open();
        BlockSparseMatrix room = BlockSparseMatrix.allocate(other, c.w.pattern());
        ConvPlan plan = ConvPlan.backwardInput(arena, c.w, SMALL, BATCH, Epilogue.NONE, workers, room);
        other.close();
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> plan.run(c.dy, c.dx));
        assertEquals("room: its arena is closed", e.getMessage());
    }
}
