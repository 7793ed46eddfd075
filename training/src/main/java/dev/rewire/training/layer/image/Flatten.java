package dev.rewire.training.layer.image;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.BoundLayer;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.MemorySegment;

/** An image as features: row by row, position by position, channel by channel. */
public record Flatten() implements Layer {
    @Override
    public Shape outline(Outline outline, Shape input) {
        if (input instanceof Shape.Tokens) {
            throw new InvalidConfigException("flatten layer", input, "images");
        }
        return new Shape.Features(input.elements());
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        return input.shape() instanceof Shape.Image image ? new Bound(image, binding, input) : new Nothing(input);
    }

    private record Nothing(Activations output) implements BoundLayer {
        @Override
        public void forward(long step, boolean training) {
            // They are features.
        }

        @Override
        public void backward(boolean parameters) {
            // Written by the layer behind.
        }
    }

    private static final class Bound implements BoundLayer {
        private final FeatureMap map;
        private final Activations input;
        private final Activations output;
        private final Workers workers;

        Bound(Shape.Image image, Binding binding, Activations input) {
            this.input = input;
            map = image.map(binding.setting().halo());
            output = binding.activations(new Shape.Features(image.elements()), false);
            workers = binding.setting().workers();
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public void forward(long step, boolean training) {
            copy(input.values(), output.values(), true);
        }

        @Override
        public void backward(boolean parameters) {
            if (input.gradient() != null) {
                copy(input.gradient(), output.wantedGradient(), false);
                input.maskGradient(workers);
            }
        }

        private void copy(PanelMatrix images, PanelMatrix features, boolean toFeatures) {
            long positionRow = (long) map.width() * map.channels() * images.lanes() * Float.BYTES;
            for (int panel = 0; panel < images.panels(); panel++) {
                for (int row = 0; row < map.height(); row++) {
                    long image = (panel * images.panelStride() + (long) map.feature(row, 0, 0) * images.lanes())
                            * Float.BYTES;
                    long flat = panel * features.panelStride() * Float.BYTES + row * positionRow;
                    if (toFeatures) {
                        MemorySegment.copy(images.segment(), image, features.segment(), flat, positionRow);
                    } else {
                        MemorySegment.copy(features.segment(), flat, images.segment(), image, positionRow);
                    }
                }
            }
        }
    }
}
