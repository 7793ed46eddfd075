package dev.rewire.training.product;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.MaskedParameter.BackwardCopy;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.setting.SrSte;
import org.jspecify.annotations.Nullable;

/** The weights and products of a fully connected layer, {@code y = relu(x·Wᵀ + bias)} or without ReLU. */
public final class LinearProduct implements GradientScores {
    private final SparseParameter weights;
    private final @Nullable DenseParameter bias;
    private final Products products;
    private final LayerBuffers buffers;
    private final Workers workers;

    /**
     * A layer with all weights and biases zero.
     *
     * @param arena where its memory comes from
     * @param pattern which weights it has, out × in
     * @param slotCount slots of the optimiser
     * @param hasBias whether there is a bias
     * @param relu whether a ReLU follows
     * @param buffers what it reads and writes
     * @param engine who computes the products
     * @param workers who computes
     */
    public LinearProduct(
            KernelArena arena,
            ParameterPattern pattern,
            int slotCount,
            boolean hasBias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        int out = pattern.shape().out();
        bias = hasBias ? new DenseParameter(arena, 1, out, slotCount) : null;
        DenseMatrix shift = bias == null ? DenseMatrix.allocate(arena, 1, out) : bias.values();
        weights = weights(arena, pattern, slotCount, buffers, engine, workers);
        products = products(arena, weights, shift, relu, buffers, engine, workers);
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
            case ParameterPattern.Blocks blocks -> new BlockParameter(arena, blocks, slotCount);
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
        // A device masks by its input.
        return engine instanceof Engine.OnDevice && buffers.rectified() ? BackwardCopy.NONE : BackwardCopy.TRANSPOSED;
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
        if (bias != null) {
            Updates.sumOverBatch(buffers.dy(), bias.gradient(), workers);
        }
    }

    /** By the outer product of the gradient of the output and the input, as the passes of a step left them. */
    @Override
    public Pass prepare(KernelArena arena, BlockPattern grid) {
        DenseGradient gradient = DenseGradient.prepare(arena, grid, buffers.x().rows(), workers);
        return rows -> gradient.run(buffers.dy(), buffers.x(), rows);
    }

    /** As backward to the weights, on the stored places alone: a rule that looks at few of them is to pay for no more. */
    @Override
    public At at(KernelArena arena, BlockSparseMatrix gradient, boolean accumulate) {
        int batch = buffers.x().rows();
        SddmmPlan plan =
                SddmmPlan.backwardWeight(arena, gradient, batch, Layout.PANELS, accumulate, workers, PlanChoice.STORED);
        return new At() {
            @Override
            public void run() {
                plan.run(buffers.dy(), buffers.x());
            }

            @Override
            public void replan() {
                plan.replan();
            }
        };
    }

    /** {@return which weights there are now} */
    public ParameterPattern pattern() {
        return weights.pattern();
    }

    /** {@return how the products with the weights are computed} */
    public String plan() {
        return products.toString();
    }

    /** {@return the weights} */
    public SparseParameter weights() {
        return weights;
    }

    /** {@return the biases, 1 × out, or null if there are none} */
    public @Nullable DenseParameter bias() {
        return bias;
    }

    /** {@return what the layer reads and writes} */
    public LayerBuffers buffers() {
        return buffers;
    }
}
