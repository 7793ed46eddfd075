package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.CounterRandom.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param patterns places of the weights of each layer, from the first to the last
     * @param batch samples
     * @param slots slots of the optimiser
     * @param backend runs the products of dense layers, whose patterns have 1×1 blocks, or null
     * @param workers who computes
     */
    static Network of(
            KernelArena arena,
            List<BlockPattern> patterns,
            int batch,
            int slots,
            @Nullable DenseBackend backend,
            Workers workers) {
        List<Linear> layers = new ArrayList<>();
        PanelMatrix input = PanelMatrix.allocate(arena, batch, patterns.get(0).cols());
        PanelMatrix x = input;
        PanelMatrix dx = null;
        for (int l = 0; l < patterns.size(); l++) {
            BlockPattern pattern = patterns.get(l);
            PanelMatrix y = PanelMatrix.allocate(arena, batch, pattern.rows());
            PanelMatrix dy = PanelMatrix.allocate(arena, batch, pattern.rows());
            boolean relu = l + 1 < patterns.size();
            layers.add(new Linear(arena, pattern, slots, relu, new LayerBuffers(x, y, dy, dx), backend, workers));
            x = y;
            dx = dy;
        }
        LayerBuffers last = layers.get(layers.size() - 1).buffers();
        return new Network(layers, input, last.y(), last.dy());
    }

    /** The first patterns of the layers of a run. */
    static List<BlockPattern> patterns(TrainingConfig config, boolean rowMajor) {
        List<LayerShape> shapes = config.layers();
        List<BlockPattern> patterns = new ArrayList<>();
        if (config.method() == Method.DENSE) {
            int block = rowMajor ? 1 : DENSE_BLOCK;
            for (LayerShape shape : shapes) {
                patterns.add(BlockPattern.full(shape.out(), shape.in(), block, block));
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
            patterns.add(Cells.pattern(shape.out(), shape.in(), blockRows, blockCols, chosen));
        }
        return patterns;
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

    /** The stored weights of each layer, without padding. */
    long[] nonzeros() {
        return layers.stream().mapToLong(Linear::nonzeros).toArray();
    }
}
