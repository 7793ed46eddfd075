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
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/** Adds a learned vector to each token, by its place in the sequence. Vectors start from N(0, 0.02²). */
public record Positions() implements Layer {
    private static final double DEVIATION = 0.02;
    private static final int FEATURES_OF_TASK = 16;

    @Override
    public Shape outline(Outline outline, Shape input) {
        if (!(input instanceof Shape.Tokens)) {
            throw new InvalidConfigException("positions layer", input, "tokens");
        }
        return input;
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return new Bound(binding, input);
    }

    private static final class Bound implements BoundLayer {
        private final Activations input;
        private final Activations output;
        private final Workers workers;
        private final DenseParameter table;
        private final int length;
        private final int paddedLength;

        /** Rows of a sequence that lie in one panel. */
        private final int run;

        private final IntConsumer forwardTask = this::add;
        private final IntConsumer gradientTask = this::sum;

        Bound(Binding binding, Activations input) {
            this.input = input;
            workers = binding.setting().workers();
            output = binding.activations(input.shape(), false);
            length = ((Shape.Tokens) input.shape()).length();
            paddedLength = input.shape().rows();
            run = Math.min(paddedLength, input.values().lanes());
            // Transposed, so that the tokens of a feature lie next to each other, as in panels.
            table = binding.dense("weight", input.values().cols(), length);
            CounterRandom random = binding.randomOfDense();
            for (int feature = 0; feature < table.values().rows(); feature++) {
                for (int token = 0; token < length; token++) {
                    table.values().set(feature, token, (float) (DEVIATION * random.nextGaussian()));
                }
            }
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            workers.forEach(tasks(), forwardTask);
        }

        /** Some features of all tokens. */
        private void add(int task) {
            MemorySegment x = input.values().segment();
            PanelMatrix y = output.values();
            MemorySegment vectors = table.values().segment();
            long stride = table.values().rowStride();
            for (int first = 0; first < y.rows(); first += run) {
                int token = first % paddedLength;
                int tokens = Math.min(run, length - token);
                for (int feature = task * FEATURES_OF_TASK; feature < endFeature(task); feature++) {
                    long at = place(y, first, feature);
                    for (int i = 0; i < tokens; i++) {
                        float sum = x.getAtIndex(ValueLayout.JAVA_FLOAT, at + i)
                                + vectors.getAtIndex(ValueLayout.JAVA_FLOAT, feature * stride + token + i);
                        y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at + i, sum);
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

        private static long place(PanelMatrix panels, int row, int feature) {
            return row / panels.lanes() * panels.panelStride() + (long) feature * panels.lanes() + row % panels.lanes();
        }

        @Override
        public void backward(boolean parameters) {
            if (parameters) {
                table.gradient().segment().fill((byte) 0);
                workers.forEach(tasks(), gradientTask);
            }
            if (input.gradient() != null) {
                input.gradient().segment().copyFrom(output.wantedGradient().segment());
                input.maskGradient(workers);
            }
        }

        /** Some features of all gradients, row by row. */
        private void sum(int task) {
            PanelMatrix dy = output.wantedGradient();
            MemorySegment gradient = table.gradient().segment();
            long stride = table.gradient().rowStride();
            for (int first = 0; first < dy.rows(); first += run) {
                int token = first % paddedLength;
                int tokens = Math.min(run, length - token);
                for (int feature = task * FEATURES_OF_TASK; feature < endFeature(task); feature++) {
                    long at = place(dy, first, feature);
                    for (int i = 0; i < tokens; i++) {
                        long to = feature * stride + token + i;
                        float sum = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, to)
                                + dy.segment().getAtIndex(ValueLayout.JAVA_FLOAT, at + i);
                        gradient.setAtIndex(ValueLayout.JAVA_FLOAT, to, sum);
                    }
                }
            }
        }
    }
}
