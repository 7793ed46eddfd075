package dev.rewire.training.layer.sequence;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.setting.Check;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/**
 * A vector for each word of a vocabulary. Takes tokens of one feature, which is the number of a word, and is a network's first layer. Vectors start from N(0, 0.02²).
 *
 * @param vocabulary words, at least 1; numbers are from 0 to below
 * @param width features of a vector, at least 1
 */
public record Embedding(int vocabulary, int width) implements Layer {
    private static final double DEVIATION = 0.02;

    /** A line of the table. */
    private static final int FEATURES_OF_TASK = 16;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Embedding {
        Check.positive("vocabulary", vocabulary);
        Check.positive("width", width);
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        if (!(input instanceof Shape.Tokens tokens && tokens.features() == 1)) {
            throw new InvalidConfigException("embedding layer", input, "tokens of 1 feature, the number of a word");
        }
        return new Shape.Tokens(tokens.length(), width);
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        if (input.gradient() != null) {
            throw new InvalidConfigException(
                    "embedding layer",
                    "behind another layer",
                    "has no gradient to pass on",
                    "the first layer of a network");
        }
        return new Bound(this, binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final int vocabulary;
        private final int length;
        private final int paddedLength;
        private final PanelMatrix words;
        private final Activations output;
        private final DenseParameter table;
        private final Workers workers;

        /** The words, row by row; padding is the first one, whose gradient there is 0. */
        private final int[] numbers;

        private final IntConsumer forwardTask = this::look;
        private final IntConsumer gradientTask = this::sum;

        Bound(Embedding layer, Binding binding, Activations input) {
            vocabulary = layer.vocabulary;
            length = ((Shape.Tokens) input.shape()).length();
            paddedLength = input.shape().rows();
            words = input.values();
            output = binding.activations(new Shape.Tokens(length, layer.width), false);
            table = binding.dense("weight", layer.vocabulary, layer.width);
            numbers = new int[words.rows()];
            workers = binding.setting().workers();
            CounterRandom random = binding.randomOfDense();
            for (int word = 0; word < layer.vocabulary; word++) {
                for (int feature = 0; feature < layer.width; feature++) {
                    table.values().set(word, feature, (float) (DEVIATION * random.nextGaussian()));
                }
            }
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            read();
            workers.forEach(tasks(), forwardTask);
        }

        /** Some features of all vectors. */
        private void look(int task) {
            MemorySegment vectors = table.values().segment();
            PanelMatrix y = output.values();
            long stride = table.values().rowStride();
            for (int panel = 0; panel < y.panels(); panel++) {
                int row = panel * y.lanes();
                int samples = Math.min(y.lanes(), y.rows() - row);
                for (int feature = task * FEATURES_OF_TASK; feature < endFeature(task); feature++) {
                    long to = panel * y.panelStride() + (long) feature * y.lanes();
                    for (int i = 0; i < samples; i++) {
                        float value = vectors.getAtIndex(ValueLayout.JAVA_FLOAT, numbers[row + i] * stride + feature);
                        y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, to + i, value);
                    }
                }
            }
        }

        @Override
        public void backward(boolean parameters) {
            if (parameters) {
                table.gradient().segment().fill((byte) 0);
                workers.forEach(tasks(), gradientTask);
            }
        }

        /** Some features of all gradients, row by row. */
        private void sum(int task) {
            MemorySegment gradient = table.gradient().segment();
            PanelMatrix dy = output.wantedGradient();
            long stride = table.gradient().rowStride();
            for (int panel = 0; panel < dy.panels(); panel++) {
                int row = panel * dy.lanes();
                int samples = Math.min(dy.lanes(), dy.rows() - row);
                for (int feature = task * FEATURES_OF_TASK; feature < endFeature(task); feature++) {
                    long from = panel * dy.panelStride() + (long) feature * dy.lanes();
                    for (int i = 0; i < samples; i++) {
                        long to = numbers[row + i] * stride + feature;
                        float sum = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, to)
                                + dy.segment().getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
                        gradient.setAtIndex(ValueLayout.JAVA_FLOAT, to, sum);
                    }
                }
            }
        }

        private int tasks() {
            return Math.ceilDiv(output.values().cols(), FEATURES_OF_TASK);
        }

        private int endFeature(int task) {
            return Math.min((task + 1) * FEATURES_OF_TASK, output.values().cols());
        }

        private void read() {
            for (int row = 0; row < numbers.length; row++) {
                boolean isToken = row % paddedLength < length;
                float number = words.get(row, 0);
                if (isToken && !(number >= 0 && number < vocabulary && number == (int) number)) {
                    throw new IllegalArgumentException("word " + number + " at row " + row
                            + " of the input; accepted are whole numbers from 0 to " + (vocabulary - 1));
                }
                numbers[row] = isToken ? (int) number : 0;
            }
        }
    }
}
