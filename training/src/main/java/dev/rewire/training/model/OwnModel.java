package dev.rewire.training.model;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Objects;

/**
 * A network of one's own.
 *
 * @param text what it is called
 * @param network its layers
 */
record OwnModel(String text, Layer network) implements Model {
    OwnModel {
        Objects.requireNonNull(network, "layers: null; accepted are layers");
        if (text.isEmpty() || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new InvalidConfigException("text of a model", text, "a line of text that is not empty");
        }
    }

    @Override
    public Layer layers(Shape input, int outputs) {
        return network;
    }

    @Override
    public String toString() {
        return text;
    }
}
