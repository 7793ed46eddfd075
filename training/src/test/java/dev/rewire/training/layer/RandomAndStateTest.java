package dev.rewire.training.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.layer.image.BatchNorm2d;
import dev.rewire.training.layer.sequence.Embedding;
import dev.rewire.training.parameter.DenseParameter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers that depend on the step, on what was before, or on words. */
class RandomAndStateTest {
    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    private Binding binding(int batch) {
        return new Binding(new Binding.Setting(arena, workers, new Engine.Kernels(), batch, 1, 0, 5, true, List.of()));
    }

    private static void fill(PanelMatrix panels, double offset) {
        SplittableRandom random = new SplittableRandom(1);
        for (int row = 0; row < panels.rows(); row++) {
            for (int col = 0; col < panels.cols(); col++) {
                panels.set(row, col, (float) (random.nextDouble(0.5, 1.5) + offset));
            }
        }
    }

    @Test
    void dropoutKeepsTheSameElementsBothWaysAndOthersAtAnotherStep() {
        Binding binding = binding(70);
        Activations input = binding.activations(new Shape.Features(100), false);
        BoundLayer layer = new Dropout(0.25).bind(binding, input);
        fill(input.values(), 0);
        fill(layer.output().wantedGradient(), 1);

        layer.forward(3, true);
        layer.backward(true);
        int kept = 0;
        for (int row = 0; row < 70; row++) {
            for (int col = 0; col < 100; col++) {
                float y = layer.output().values().get(row, col);
                float dx = input.wantedGradient().get(row, col);
                boolean isKept = y != 0;
                kept += isKept ? 1 : 0;
                assertEquals(isKept ? input.values().get(row, col) / 0.75f : 0, y, 1e-6);
                assertEquals(isKept ? layer.output().wantedGradient().get(row, col) / 0.75f : 0, dx, 1e-6);
            }
        }
        // Three standard deviations of a binomial distribution.
        assertEquals(0.75 * 7000, kept, 3 * Math.sqrt(7000 * 0.75 * 0.25));

        int same = 0;
        layer.forward(4, true);
        for (int col = 0; col < 100; col++) {
            same += (layer.output().values().get(0, col) == 0)
                            == (input.wantedGradient().get(0, col) == 0)
                    ? 1
                    : 0;
        }
        assertTrue(same < 95, "the same elements at the next step");
    }

    @Test
    void dropoutLetsAllThroughWhenEvaluating() {
        Binding binding = binding(5);
        Activations input = binding.activations(new Shape.Features(9), false);
        BoundLayer layer = new Dropout(0.9).bind(binding, input);
        fill(input.values(), 0);

        layer.forward(3, false);

        assertEquals(
                -1, layer.output().values().segment().mismatch(input.values().segment()));
    }

    @Test
    void batchNormEvaluatesWithRunningStatistics() {
        Binding binding = binding(64);
        Activations input = binding.activations(new Shape.Features(3), false);
        BoundLayer layer = new BatchNorm2d().bind(binding, input);
        for (int step = 0; step < 200; step++) {
            fill(input.values(), 10);
            layer.forward(step, true);
        }
        double[] trained = new double[64];
        for (int row = 0; row < 64; row++) {
            trained[row] = layer.output().values().get(row, 1);
        }

        // A batch of its own has other statistics.
        for (int row = 1; row < 64; row++) {
            input.values().set(row, 1, 0);
        }
        layer.forward(200, false);

        // After 200 steps of one batch the running mean is its mean; the variance is unbiased.
        assertEquals(trained[0] * Math.sqrt(63.0 / 64), layer.output().values().get(0, 1), 1e-4);
    }

    @Test
    void embeddingLooksWordsUpAndGathersTheirGradients() {
        Binding binding = binding(2);
        Shape.Tokens words = new Shape.Tokens(3, 1);
        Activations input = new Activations(words, binding.panels(words), null, false);
        BoundLayer layer = new Embedding(5, 4).bind(binding, input);
        DenseMatrix table = ((DenseParameter) binding.parameters().get(0).parameter()).values();
        DenseMatrix gradient = ((DenseParameter) binding.parameters().get(0).parameter()).gradient();
        int[][] sentences = {{4, 0, 4}, {1, 1, 4}};
        double[][] expected = new double[5][4];
        SplittableRandom random = new SplittableRandom(2);
        for (int s = 0; s < 2; s++) {
            for (int t = 0; t < 3; t++) {
                int row = s * words.rows() + t;
                input.values().set(row, 0, sentences[s][t]);
                for (int f = 0; f < 4; f++) {
                    int whole = random.nextInt(-3, 4);
                    layer.output().wantedGradient().set(row, f, whole);
                    expected[sentences[s][t]][f] += whole;
                }
            }
        }

        layer.forward(0, true);
        layer.backward(true);

        for (int s = 0; s < 2; s++) {
            for (int t = 0; t < 3; t++) {
                for (int f = 0; f < 4; f++) {
                    float value = layer.output().values().get(s * words.rows() + t, f);
                    assertEquals(table.get(sentences[s][t], f), value);
                }
            }
        }
        for (int word = 0; word < 5; word++) {
            for (int f = 0; f < 4; f++) {
                assertEquals(expected[word][f], gradient.get(word, f));
            }
        }
    }

    @Test
    void aWordThatIsNoneIsRefused() {
        Binding binding = binding(1);
        Shape.Tokens words = new Shape.Tokens(3, 1);
        Activations input = new Activations(words, binding.panels(words), null, false);
        BoundLayer layer = new Embedding(5, 4).bind(binding, input);
        input.values().set(1, 0, 5);

        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> layer.forward(0, true));

        assertEquals("word 5.0 at row 1 of the input; accepted are whole numbers from 0 to 4", e.getMessage());
    }
}
