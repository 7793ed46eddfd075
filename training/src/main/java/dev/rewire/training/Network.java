package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.NmPatternBuilder;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.layer.LayerBuffers;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A multi-layer perceptron: linear layers with ReLUs between them. Activations stay in panels from the input to the logits. */
final class Network {
    /** The block in which dense layers are stored: the one that the kernels like best. */
    private static final int DENSE_BLOCK = 16;

    private final List<Linear> layers;
    private final PanelMatrix input;
    private final PanelMatrix logits;
    private final PanelMatrix logitsGradient;

    private Network(List<Linear> layers, PanelMatrix input, PanelMatrix logits, PanelMatrix logitsGradient) {
        this.layers = List.copyOf(layers);
        this.input = input;
        this.logits = logits;
        this.logitsGradient = logitsGradient;
    }

    /**
     * A network with all weights zero.
     *
     * @param arena where its memory comes from
     * @param patterns which weights each layer has, from the first to the last
     * @param batch samples
     * @param slots slots of the optimiser
     * @param engine who computes the products
     * @param workers who computes
     */
    static Network of(
            KernelArena arena, List<ParameterPattern> patterns, int batch, int slots, Engine engine, Workers workers) {
        List<Linear> layers = new ArrayList<>();
        PanelMatrix input =
                PanelMatrix.allocate(arena, batch, patterns.get(0).shape().in());
        PanelMatrix x = input;
        PanelMatrix dx = null;
        for (int l = 0; l < patterns.size(); l++) {
            ParameterPattern pattern = patterns.get(l);
            int out = pattern.shape().out();
            PanelMatrix y = PanelMatrix.allocate(arena, batch, out);
            PanelMatrix dy = PanelMatrix.allocate(arena, batch, out);
            boolean relu = l + 1 < patterns.size();
            layers.add(new Linear(arena, pattern, slots, relu, new LayerBuffers(x, y, dy, dx), engine, workers));
            x = y;
            dx = dy;
        }
        LayerBuffers last = layers.get(layers.size() - 1).buffers();
        return new Network(layers, input, last.y(), last.dy());
    }

    /** The first patterns of the layers of a run. */
    static List<ParameterPattern> patterns(TrainingConfig config, boolean rowMajor) {
        List<LayerShape> shapes = config.layers();
        List<ParameterPattern> patterns = new ArrayList<>();
        if (config.method() == Method.DENSE || config.nm() != null) {
            int block = rowMajor ? 1 : DENSE_BLOCK;
            for (int l = 0; l < shapes.size(); l++) {
                LayerShape shape = shapes.get(l);
                patterns.add(
                        config.isNm(l)
                                ? nmPattern(config, l, shape)
                                : new ParameterPattern.Blocks(
                                        BlockPattern.full(shape.out(), shape.in(), block, block)));
            }
            return patterns;
        }
        int blockRows = config.blockRows();
        int blockCols = config.blockCols();
        long[] counts = config.distribution().blocks(shapes, config.sparsity(), blockRows, blockCols);
        for (int l = 0; l < counts.length; l++) {
            LayerShape shape = shapes.get(l);
            int cells = Math.toIntExact(shape.blocks(blockRows, blockCols));
            CounterRandom random = new CounterRandom(config.seed(), l, 0, Purpose.PATTERN);
            int[] chosen = random.sample(cells, Math.toIntExact(counts[l]));
            patterns.add(
                    new ParameterPattern.Blocks(Cells.pattern(shape.out(), shape.in(), blockRows, blockCols, chosen)));
        }
        return patterns;
    }

    private static ParameterPattern nmPattern(TrainingConfig config, int layer, LayerShape shape) {
        NmSparsity nm = Objects.requireNonNull(config.nm());
        SrSte rule = config.method() == Method.SR_STE ? config.srSte() : null;
        // SR-STE chooses its first mask when weights are drawn; plans are made for the kind of mask that it will be.
        NmPattern pattern = rule != null && rule.transposable()
                ? transposable(shape, nm)
                : NmPattern.random(
                        shape.out(),
                        shape.in(),
                        nm.n(),
                        nm.m(),
                        1,
                        new CounterRandom(config.seed(), layer, 0, Purpose.PATTERN));
        return new ParameterPattern.Nm(pattern, rule);
    }

    /** Each row keeps the places of the row above, shifted by one. */
    private static NmPattern transposable(LayerShape shape, NmSparsity nm) {
        int m = nm.m();
        NmPatternBuilder pattern = NmPattern.builder(shape.out(), shape.in(), nm.n(), m);
        int[] masks = new int[shape.in() / m];
        int first = (1 << nm.n()) - 1;
        for (int row = 0; row < shape.out(); row++) {
            int shift = row % m;
            Arrays.fill(masks, ((first << shift) | (first >>> (m - shift))) & ((1 << m) - 1));
            pattern.addRow(masks);
        }
        return pattern.build();
    }

    /** Draws the weights. */
    void initialise(long seed) {
        for (int l = 0; l < layers.size(); l++) {
            layers.get(l).initialise(new CounterRandom(seed, l, 0, Purpose.INIT));
        }
    }

    /** Computes the logits of the samples in the input. */
    void forward() {
        for (Linear layer : layers) {
            layer.forward();
        }
    }

    List<Linear> layers() {
        return layers;
    }

    List<LayerShape> shapes() {
        return layers.stream().map(Linear::shape).toList();
    }

    PanelMatrix input() {
        return input;
    }

    PanelMatrix logits() {
        return logits;
    }

    PanelMatrix logitsGradient() {
        return logitsGradient;
    }

    /** The weights of each layer that the products see, without padding. */
    long[] nonzeros() {
        return layers.stream().mapToLong(Linear::nonzeros).toArray();
    }
}
