package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Operands of sequences, by sequence and head, with garbage where padding is, and what comes of them. */
final class AttentionBatch {
    private final AttentionShape shape;
    private final int sequences;
    final PanelMatrix qkv;
    final PanelMatrix dy;
    final PanelMatrix y;
    final PanelMatrix dqkv;

    AttentionBatch(KernelArena arena, AttentionShape shape, int sequences, int planned, Random random, float garbage) {
        this.shape = shape;
        this.sequences = sequences;
        int rows = shape.rows(sequences);
        int lanes = PanelMatrix.lanesFor(shape.rows(planned));
        qkv = PanelMatrix.allocate(arena, rows, 3 * shape.width(), lanes);
        dy = PanelMatrix.allocate(arena, rows, shape.width(), lanes);
        y = PanelMatrix.allocate(arena, rows, shape.width(), lanes);
        dqkv = PanelMatrix.allocate(arena, rows, 3 * shape.width(), lanes);
        for (PanelMatrix each : new PanelMatrix[] {qkv, dy, y, dqkv}) {
            fill(each, random, garbage);
        }
    }

    private void fill(PanelMatrix panels, Random random, float garbage) {
        for (int row = 0; row < panels.rows(); row++) {
            boolean padding = row % shape.paddedLength() >= shape.length();
            for (int col = 0; col < panels.cols(); col++) {
                panels.set(row, col, padding ? garbage : (float) random.nextGaussian());
            }
        }
    }

    void run(KernelArena arena, int planned, int threads) {
        try (Workers workers = Workers.of(threads);
                AttentionPlan forward = AttentionPlan.forward(arena, shape, planned, workers);
                AttentionGradient backward = AttentionGradient.prepare(arena, shape, planned, workers)) {
            forward.run(qkv, y);
            backward.run(qkv, dy, dqkv);
        }
    }

    private double[][] read(PanelMatrix panels, int sequence, int firstFeature) {
        double[][] values = new double[shape.length()][shape.headSize()];
        for (int token = 0; token < shape.length(); token++) {
            for (int f = 0; f < shape.headSize(); f++) {
                values[token][f] = panels.get(shape.row(sequence, token), firstFeature + f);
            }
        }
        return values;
    }

    AttentionOracle oracle(int sequence, int head) {
        int feature = head * shape.headSize();
        int width = shape.width();
        return new AttentionOracle(
                shape.causal(),
                read(qkv, sequence, feature),
                read(qkv, sequence, width + feature),
                read(qkv, sequence, 2 * width + feature),
                read(dy, sequence, feature));
    }

    void assertWithinBounds() {
        int width = shape.width();
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int head = 0; head < shape.heads(); head++) {
                AttentionOracle expected = oracle(sequence, head);
                int feature = head * shape.headSize();
                assertNear("y", expected.output, expected.outputBound, read(y, sequence, feature));
                assertNear("dq", expected.dq, expected.dqBound, read(dqkv, sequence, feature));
                assertNear("dk", expected.dk, expected.dkBound, read(dqkv, sequence, width + feature));
                assertNear("dv", expected.dv, expected.dvBound, read(dqkv, sequence, 2 * width + feature));
            }
        }
    }

    /** Of padded tokens, of lanes behind the last sample, and of features behind the last. */
    void assertPaddingIsZero(PanelMatrix panels) {
        int tokens = 0;
        float[] all = panels.segment().toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < all.length; i++) {
            long panel = i / panels.panelStride();
            int feature = (int) (i % panels.panelStride()) / panels.lanes();
            long row = panel * panels.lanes() + i % panels.lanes();
            boolean token =
                    row < panels.rows() && feature < panels.cols() && row % shape.paddedLength() < shape.length();
            if (token) {
                tokens++;
            } else {
                assertEquals(0f, all[i], "row " + row + ", feature " + feature);
            }
        }
        assertEquals(sequences * shape.length() * panels.cols(), tokens);
    }

    private static void assertNear(String name, double[][] expected, double[][] bounds, double[][] actual) {
        for (int token = 0; token < expected.length; token++) {
            for (int f = 0; f < expected[token].length; f++) {
                double error = Math.abs(actual[token][f] - expected[token][f]);
                double bound = bounds[token][f];
                if (!(error <= bound)) {
                    throw new AssertionError(name + " of token " + token + ", feature " + f + ": " + actual[token][f]
                            + " instead of " + expected[token][f] + ", bound " + bound);
                }
            }
        }
    }
}
