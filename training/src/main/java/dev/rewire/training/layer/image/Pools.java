package dev.rewire.training.layer.image;

import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.Check;
import dev.rewire.training.setting.InvalidConfigException;

/** What pooling layers share. */
final class Pools {
    private Pools() {}

    static void check(int window, int stride, int padding) {
        Check.positive("window", window);
        Check.positive("stride", stride);
        Check.atLeast("padding", padding, 0);
        if (padding > window / 2) {
            throw new IllegalArgumentException(
                    "padding: " + padding + " is out of range; accepted are 0 to " + window / 2 + ", half the window");
        }
    }

    static Shape.Image output(String kind, Shape input, int window, int stride, int padding) {
        if (!(input instanceof Shape.Image image)) {
            throw new InvalidConfigException(kind + " layer", input, "images");
        }
        if (window > Math.min(image.height(), image.width()) + 2 * padding) {
            throw new InvalidConfigException(
                    kind + " layer",
                    image,
                    "is smaller than its window of " + window,
                    "images of which a window and its padding is a part");
        }
        return new Shape.Image(
                (image.height() + 2 * padding - window) / stride + 1,
                (image.width() + 2 * padding - window) / stride + 1,
                image.channels());
    }
}
