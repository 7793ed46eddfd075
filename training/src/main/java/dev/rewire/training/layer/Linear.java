package dev.rewire.training.layer;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.MaskedParameter.BackwardCopy;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.parameter.UpdateRule;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.setting.SrSte;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A fully connected layer, {@code y = relu(x·Wᵀ + bias)} or without ReLU. */
public final class Linear implements GradientScores {
    private final SparseParameter weights;
    private final DenseParameter bias;
    private final Products products;
    private final LayerBuffers buffers;
    private final Workers workers;

    /**
     * A layer with all weights and biases zero.
     *
     * @param arena where its memory comes from
     * @param pattern which weights it has, out × in
     * @param slotCount slots of the optimiser
     * @param relu whether a ReLU follows
     * @param buffers what it reads and writes
     * @param engine who computes the products
     * @param workers who computes
     */
    public Linear(
            KernelArena arena,
            ParameterPattern pattern,
            int slotCount,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        bias = new DenseParameter(arena, 1, pattern.shape().out(), slotCount);
        weights = weights(arena, pattern, slotCount, buffers, engine, workers);
        products = products(arena, weights, bias.values(), relu, buffers, engine, workers);
        weights.listener(products);
    }

    private static SparseParameter weights(
            KernelArena arena,
            ParameterPattern pattern,
            int slotCount,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        return switch (pattern) {
            case ParameterPattern.Blocks blocks -> new BlockParameter(arena, blocks.pattern(), slotCount);
            case ParameterPattern.Nm nm -> {
                SrSte rule = nm.rule();
                if (rule == null) {
                    yield new NmParameter(arena, nm.pattern(), slotCount);
                }
                FullGradient gradient = new FullGradient(arena, buffers, workers);
                BackwardCopy copy = backwardCopy(nm.pattern(), rule, buffers, engine);
                yield new MaskedParameter(arena, nm.pattern(), rule, slotCount, gradient, copy, workers);
            }
        };
    }

    private static BackwardCopy backwardCopy(NmPattern mask, SrSte rule, LayerBuffers buffers, Engine engine) {
        if (buffers.dx() == null) {
            return BackwardCopy.NONE;
        }
        if (!rule.transposable()) {
            return areSorted(mask, buffers) ? BackwardCopy.NONE : BackwardCopy.IN_BLOCKS;
        }
        return engine instanceof Engine.OnDevice ? BackwardCopy.NONE : BackwardCopy.TRANSPOSED;
    }

    /** Whether a plan sorts the columns of a mask by itself, and so fast that it may do so at each step. */
    private static boolean areSorted(NmPattern mask, LayerBuffers buffers) {
        return mask.n() == 2 && mask.m() == 4 && buffers.x().lanes() == 64;
    }

    private static Products products(
            KernelArena arena,
            SparseParameter weights,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        return switch (weights) {
            case BlockParameter blocks ->
                engine instanceof Engine.Dense dense
                        ? new BackendProducts(dense.backend(), arena, blocks, bias, relu, buffers)
                        : new SparseProducts(arena, blocks, bias, relu, buffers, workers);
            case NmParameter nm -> SparseProducts.of(arena, nm, bias, relu, buffers, engine, workers);
            case MaskedParameter masked -> SparseProducts.of(arena, masked, bias, relu, buffers, engine, workers);
        };
    }

    /**
     * Draws the weights; biases stay zero.
     *
     * @param random where from
     */
    public void initialise(CounterRandom random) {
        weights.initialise(random);
    }

    /** Computes the output. */
    public void forward() {
        weights.prepare(workers);
        products.forward();
    }

    /** Computes the gradient of the input, if there is one. */
    public void backwardInput() {
        products.backwardInput();
    }

    /** Computes the gradients of weights and biases; after {@link #backwardInput}. */
    public void backwardWeights() {
        products.backwardWeights();
        Updates.sumOverBatch(buffers.dy(), bias.gradient(), workers);
    }

    /**
     * Follows the gradients.
     *
     * @param rule how
     * @param update number of the update, from 1
     * @param rate learning rate
     * @param rewires whether a rewiring comes next
     */
    public void update(UpdateRule rule, long update, double rate, boolean rewires) {
        weights.update(rule, update, rate, rewires, workers);
        bias.update(rule, update, rate, rewires, workers);
    }

    /** By the outer product of the gradient of the output and the input, as the passes of a step left them. */
    @Override
    public Pass prepare(KernelArena arena, BlockPattern grid) {
        DenseGradient gradient = DenseGradient.prepare(arena, grid, buffers.x().rows(), workers);
        return rows -> gradient.run(buffers.dy(), buffers.x(), rows);
    }

    /** {@return which weights there are now} */
    public ParameterPattern pattern() {
        return weights.pattern();
    }

    /** {@return how the products with the weights are computed} */
    public String plan() {
        return products.toString();
    }

    /** {@return the shape of the weights} */
    public LayerShape shape() {
        return pattern().shape();
    }

    /** {@return how many weights the products see, without the padding of blocks at the edge} */
    public long nonzeros() {
        return weights.nonzeros();
    }

    /** {@return the weights} */
    public SparseParameter weights() {
        return weights;
    }

    /** {@return the biases, 1 × out} */
    public DenseParameter bias() {
        return bias;
    }

    /** {@return what the layer reads and writes} */
    public LayerBuffers buffers() {
        return buffers;
    }

    /** {@return all that training changes: weights, bias, then for each slot that of the weights and that of the bias} */
    public List<MemorySegment> state() {
        List<MemorySegment> ofWeights = weights.state();
        List<MemorySegment> ofBias = bias.state();
        List<MemorySegment> state = new ArrayList<>();
        for (int i = 0; i < ofBias.size(); i++) {
            state.add(ofWeights.get(i));
            state.add(ofBias.get(i));
        }
        return state;
    }
}
