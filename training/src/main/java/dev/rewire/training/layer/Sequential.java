package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Layers one after the other, each with a name. */
public final class Sequential implements Layer {
    private final Map<String, Layer> layers;

    private Sequential(Map<String, Layer> layers) {
        this.layers = Collections.unmodifiableMap(layers);
    }

    /**
     * Layers whose names are their kinds and a number, as {@code linear1}.
     *
     * @param layers from the first to the last
     * @return all of them
     * @throws InvalidConfigException if a {@linkplain Layer#kind kind} of one's own makes a name that cannot be had
     */
    public static Sequential of(Layer... layers) {
        return of(Arrays.asList(layers));
    }

    /**
     * Layers whose names are their kinds and a number, as {@code linear1}.
     *
     * @param layers from the first to the last
     * @return all of them
     * @throws InvalidConfigException if a {@linkplain Layer#kind kind} of one's own makes a name that cannot be had
     */
    public static Sequential of(List<Layer> layers) {
        Map<String, Integer> counts = new HashMap<>();
        Map<String, Layer> named = new LinkedHashMap<>();
        for (Layer layer : layers) {
            put(named, layer.kind() + counts.merge(layer.kind(), 1, Integer::sum), layer);
        }
        return new Sequential(named);
    }

    /**
     * The same with another layer behind the last.
     *
     * @param name its name, which no other has and which has no dot
     * @param layer the layer
     * @return a copy
     * @throws InvalidConfigException if the name cannot be had
     */
    public Sequential then(String name, Layer layer) {
        Map<String, Layer> longer = new LinkedHashMap<>(layers);
        put(longer, name, layer);
        return new Sequential(longer);
    }

    private static void put(Map<String, Layer> layers, String name, Layer layer) {
        if (name.isEmpty() || name.indexOf('.') >= 0 || layers.putIfAbsent(name, layer) != null) {
            throw new InvalidConfigException("name of a layer", name, "names without dots that no other layer has");
        }
    }

    @Override
    public Shape outline(Outline outline, Shape input) {
        Shape shape = input;
        int number = 0;
        for (Map.Entry<String, Layer> part : layers.entrySet()) {
            number++;
            shape = outline(outline, number, part.getKey(), part.getValue(), shape);
        }
        return shape;
    }

    /** A layer knows its kind, but neither its name nor its place. */
    private static Shape outline(Outline outline, int number, String name, Layer layer, Shape input) {
        try {
            return layer.outline(outline.inside(name), input);
        } catch (InvalidConfigException e) {
            throw new InvalidConfigException(
                    "layer " + number, name, "cannot take an input of " + input + ": " + e.fault(), e.accepted());
        }
    }

    @Override
    public BoundLayer bind(Binding binding, Activations input) {
        List<Map.Entry<String, Layer>> parts = List.copyOf(layers.entrySet());
        List<BoundLayer> bound = new ArrayList<>();
        Activations between = input;
        for (int i = 0; i < parts.size(); i++) {
            String name = parts.get(i).getKey();
            Layer layer = parts.get(i).getValue();
            BoundLayer next = null;
            if (i + 1 < parts.size() && parts.get(i + 1).getValue() instanceof Relu) {
                next = binding.bind(name, layer, between, true);
            }
            if (next != null) {
                i++;
            } else {
                next = Objects.requireNonNull(binding.bind(name, layer, between, false));
            }
            bound.add(next);
            between = next.output();
        }
        return new Bound(bound, between);
    }

    private static final class Bound implements BoundLayer {
        private final List<BoundLayer> layers;
        private final Activations output;

        Bound(List<BoundLayer> layers, Activations output) {
            this.layers = layers;
            this.output = output;
        }

        @Override
        public Activations output() {
            return output;
        }

        @Override
        public boolean adds(PanelMatrix addend, boolean relu) {
            return !layers.isEmpty() && layers.getLast().adds(addend, relu);
        }

        @Override
        public boolean addsToGradient(PanelMatrix addend) {
            return !layers.isEmpty() && layers.getFirst().addsToGradient(addend);
        }

        // By index: iterators would be garbage of each step.

        @Override
        public void forward(long step, boolean training) {
            for (int i = 0; i < layers.size(); i++) {
                layers.get(i).forward(step, training);
            }
        }

        @Override
        public void backward(boolean parameters) {
            for (int i = layers.size() - 1; i >= 0; i--) {
                layers.get(i).backward(parameters);
            }
        }
    }

    @Override
    public String toString() {
        return layers.toString();
    }
}
