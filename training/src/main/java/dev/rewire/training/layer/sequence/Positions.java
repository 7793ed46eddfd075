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

/** Adds a learned vector to each token, by its place in the sequence. Vectors start from N(0, 0.02²). */
public record Positions() implements Layer {
    private static final double DEVIATION = 0.02;

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
            PanelMatrix x = input.values();
            PanelMatrix y = output.values();
            y.segment().copyFrom(x.segment());
            MemorySegment vectors = table.values().segment();
            long stride = table.values().rowStride();
            for (int first = 0; first < y.rows(); first += run) {
                int token = first % paddedLength;
                int tokens = Math.min(run, length - token);
                for (int feature = 0; feature < y.cols(); feature++) {
                    long at = place(y, first, feature);
                    for (int i = 0; i < tokens; i++) {
                        float sum = y.segment().getAtIndex(ValueLayout.JAVA_FLOAT, at + i)
                                + vectors.getAtIndex(ValueLayout.JAVA_FLOAT, feature * stride + token + i);
                        y.segment().setAtIndex(ValueLayout.JAVA_FLOAT, at + i, sum);
                    }
                }
            }
        }

        private static long place(PanelMatrix panels, int row, int feature) {
            return row / panels.lanes() * panels.panelStride() + (long) feature * panels.lanes() + row % panels.lanes();
        }

        @Override
        public void backward(boolean parameters) {
            PanelMatrix dy = output.wantedGradient();
            if (parameters) {
                sum(dy);
            }
            if (input.gradient() != null) {
                input.gradient().segment().copyFrom(dy.segment());
                input.maskGradient(workers);
            }
        }

        private void sum(PanelMatrix dy) {
            MemorySegment gradient = table.gradient().segment();
            gradient.fill((byte) 0);
            long stride = table.gradient().rowStride();
            for (int first = 0; first < dy.rows(); first += run) {
                int token = first % paddedLength;
                int tokens = Math.min(run, length - token);
                for (int feature = 0; feature < dy.cols(); feature++) {
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
