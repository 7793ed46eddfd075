package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for attention of each length and head size: its bounds, what stays apart, and what does not change the bits. */
@Tag("species")
class AttentionLawsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 17, 33, 64, 65, 100, 128, 256})
    void eachLengthIsWithinItsBound(int length) {
        for (boolean causal : new boolean[] {true, false}) {
            try (KernelArena arena = KernelArena.open()) {
                AttentionShape shape = new AttentionShape(length, 2, 16, causal);
                AttentionBatch batch = new AttentionBatch(arena, shape, 3, 3, new Random(length), 7);
                batch.run(arena, 3, 1);
                batch.assertWithinBounds();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 16, 32, 33, 64, 100})
    void eachHeadSizeIsWithinItsBound(int size) {
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch =
                    new AttentionBatch(arena, new AttentionShape(70, 2, size, true), 2, 2, new Random(size), 7);
            batch.run(arena, 2, 1);
            batch.assertWithinBounds();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOraclesGradientsAreThoseOfFiniteDifferences(boolean causal) {
        Random random = new Random(1);
        double[][][] operands = new double[3][][];
        for (int i = 0; i < 3; i++) {
            operands[i] = AttentionOracle.random(random, 6, 3, 1);
        }
        double[][] dy = AttentionOracle.random(random, 6, 3, 1);
        AttentionOracle at = new AttentionOracle(causal, operands[0], operands[1], operands[2], dy);
        double[][][] gradients = {at.dq, at.dk, at.dv};
        double h = 1e-5;
        for (int i = 0; i < 3; i++) {
            for (int token = 0; token < 6; token++) {
                for (int f = 0; f < 3; f++) {
                    double middle = operands[i][token][f];
                    operands[i][token][f] = middle + h;
                    double above = new AttentionOracle(causal, operands[0], operands[1], operands[2], dy).loss(dy);
                    operands[i][token][f] = middle - h;
                    double below = new AttentionOracle(causal, operands[0], operands[1], operands[2], dy).loss(dy);
                    operands[i][token][f] = middle;
                    assertEquals((above - below) / (2 * h), gradients[i][token][f], 1e-8);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 40, 100})
    void paddedTokensAreNotReadEvenIfTheyAreNaN(int length) {
        float[] zeros = bits(length, 0);
        float[] nans = bits(length, Float.NaN);
        assertArrayEquals(zeros, nans);
    }

    private static float[] bits(int length, float garbage) {
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch =
                    new AttentionBatch(arena, new AttentionShape(length, 2, 8, true), 3, 3, new Random(4), garbage);
            batch.run(arena, 3, 1);
            return join(batch.y, batch.dqkv);
        }
    }

    private static float[] join(PanelMatrix y, PanelMatrix dqkv) {
        float[] first = y.segment().toArray(ValueLayout.JAVA_FLOAT);
        float[] second = dqkv.segment().toArray(ValueLayout.JAVA_FLOAT);
        float[] all = new float[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 20, 64, 150})
    void theBitsAreTheSameForAnyNumberOfWorkers(int length) {
        for (boolean causal : new boolean[] {true, false}) {
            AttentionShape shape = new AttentionShape(length, 3, 12, causal);
            float[][] results = new float[3][];
            for (int threads = 1; threads <= 3; threads++) {
                try (KernelArena arena = KernelArena.open()) {
                    AttentionBatch batch = new AttentionBatch(arena, shape, 5, 5, new Random(9), 1);
                    batch.run(arena, 5, threads);
                    results[threads - 1] = join(batch.y, batch.dqkv);
                }
            }
            assertArrayEquals(results[0], results[1]);
            assertArrayEquals(results[0], results[2]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 32, 64, 100})
    void aNanStaysInItsSequenceAndHead(int length) {
        AttentionShape shape = new AttentionShape(length, 2, 8, false);
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch = new AttentionBatch(arena, shape, 4, 4, new Random(2), 0);
            for (int i = 0; i < 3; i++) {
                batch.qkv.set(shape.row(1, length / 2), i * shape.width() + 8, Float.NaN);
            }
            batch.run(arena, 4, 1);
            for (int row = 0; row < batch.y.rows(); row++) {
                boolean token = row % shape.paddedLength() < length;
                for (int feature = 0; feature < shape.width(); feature++) {
                    boolean struck = token && row / shape.paddedLength() == 1 && feature >= 8;
                    assertEquals(struck, Float.isNaN(batch.y.get(row, feature)), row + ", " + feature);
                    for (int i = 0; i < 3; i++) {
                        float gradient = batch.dqkv.get(row, i * shape.width() + feature);
                        assertEquals(struck, Float.isNaN(gradient), row + ", " + feature);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 150})
    void aNanReachesNoEarlierGroupOfTokensThroughACausalMask(int length) {
        AttentionShape shape = new AttentionShape(length, 1, 8, true);
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch = new AttentionBatch(arena, shape, 1, 1, new Random(2), 0);
            for (int feature = 0; feature < 24; feature++) {
                batch.qkv.set(shape.row(0, 40), feature, Float.NaN);
            }
            batch.run(arena, 1, 1);
            for (int token = 0; token < length; token++) {
                boolean isNan = Float.isNaN(batch.y.get(token, 0));
                assertTrue(token >= 32 ? token < 40 || isNan : !isNan, "token " + token);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1e4f, -1e4f})
    void largeScoresDoNotOverflow(float score) {
        // Of one feature: the scores are the keys, and the weights those of the largest among them.
        AttentionShape shape = new AttentionShape(20, 1, 1, false);
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch = new AttentionBatch(arena, shape, 1, 1, new Random(2), 0);
            for (int token = 0; token < 20; token++) {
                batch.qkv.set(token, 0, 1);
                batch.qkv.set(token, 1, token == 13 ? score + 200 : score - token);
                batch.qkv.set(token, 2, token);
            }
            batch.run(arena, 1, 1);
            for (int token = 0; token < 20; token++) {
                assertEquals(13f, batch.y.get(token, 0));
                assertEquals(0f, batch.dqkv.get(token, 0));
                assertEquals(0f, batch.dqkv.get(token, 1));
            }
        }
    }

    @Test
    void equalScoresHaveEqualWeights() {
        AttentionShape shape = new AttentionShape(4, 1, 1, true);
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch batch = new AttentionBatch(arena, shape, 1, 1, new Random(2), 0);
            float[] values = {8, 4, 0, 4};
            for (int token = 0; token < 4; token++) {
                batch.qkv.set(token, 0, 0);
                batch.qkv.set(token, 2, values[token]);
            }
            batch.run(arena, 1, 1);
            float[] means = {8, 6, 4, 4};
            for (int token = 0; token < 4; token++) {
                assertEquals(means[token], batch.y.get(token, 0), 1e-6f);
            }
        }
    }

    /** Bits of fewer sequences are those that they have in a whole batch. */
    @Test
    void fewerSequencesThanPlannedHaveTheSameBits() {
        AttentionShape shape = new AttentionShape(20, 2, 8, true);
        try (KernelArena arena = KernelArena.open()) {
            AttentionBatch whole = new AttentionBatch(arena, shape, 5, 5, new Random(3), 1);
            AttentionBatch few = new AttentionBatch(arena, shape, 2, 5, new Random(8), 1);
            for (int row = 0; row < few.qkv.rows(); row++) {
                for (int col = 0; col < few.qkv.cols(); col++) {
                    few.qkv.set(row, col, whole.qkv.get(row, col));
                }
            }
            whole.run(arena, 5, 1);
            few.run(arena, 5, 1);
            for (int row = 0; row < few.y.rows(); row++) {
                for (int col = 0; col < few.y.cols(); col++) {
                    assertEquals(whole.y.get(row, col), few.y.get(row, col));
                }
            }
        }
    }
}
