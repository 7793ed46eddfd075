package dev.rewire.training.product;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.ConvGradient;
import dev.rewire.kernels.ConvPlan;
import dev.rewire.kernels.ConvShape;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.ParameterListener;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.WeightSpec;
import org.jspecify.annotations.Nullable;

/** The weights and products of a convolution, {@code y = relu(w * x + bias)} or without ReLU. */
public final class ConvProduct implements GradientScores, ParameterListener {
    private final BlockParameter weights;
    private final @Nullable DenseParameter bias;
    private final ConvShape shape;
    private final LayerBuffers buffers;
    private final Workers workers;
    private final KernelArena arena;
    private final ConvPlan forward;
    private @Nullable ConvPlan backwardInput;

    /** What the gradient of the input is added to, if anything. */
    private @Nullable PanelMatrix addend;

    private final ConvGradient gradient;
    private final @Nullable DenseMatrix sums;

    /**
     * A convolution with all weights and biases zero.
     *
     * @param arena where its memory comes from
     * @param shape input, window and output
     * @param pattern which weights it has
     * @param slotCount slots of the optimiser
     * @param hasBias whether there is a bias
     * @param relu whether a ReLU follows
     * @param buffers what it reads and writes
     * @param workers who computes
     */
    public ConvProduct(
            KernelArena arena,
            ConvShape shape,
            ParameterPattern.Blocks pattern,
            int slotCount,
            boolean hasBias,
            boolean relu,
            LayerBuffers buffers,
            Workers workers) {
        this.arena = arena;
        this.shape = shape;
        this.buffers = buffers;
        this.workers = workers;
        int batch = buffers.x().rows();
        weights = new BlockParameter(arena, pattern, slotCount);
        int channels = shape.output().channels();
        bias = hasBias ? new DenseParameter(arena, 1, channels, slotCount) : null;
        sums = hasBias ? DenseMatrix.allocate(arena, 1, shape.output().features()) : null;
        Epilogue end = bias == null ? Epilogue.NONE : Epilogue.NONE.withBias(bias.values());
        forward = ConvPlan.forward(arena, weights.values(), shape, batch, relu ? end.withRelu() : end, workers);
        backwardInput = buffers.dx() == null ? null : backwardPlan(buffers.backwardEnd());
        gradient = ConvGradient.prepare(arena, weights.gradient(), shape, batch, false, workers);
        weights.listener(this);
    }

    /** Computes the output. */
    public void forward() {
        forward.run(buffers.x(), buffers.y());
    }

    /** Computes the gradient of the input, if there is one. */
    public void backwardInput() {
        if (backwardInput != null && buffers.dx() != null) {
            backwardInput.run(buffers.dy(), addend == null ? buffers.dx() : addend, buffers.dx());
        }
    }

    /**
     * Adds something to each gradient of the input from now on.
     *
     * @param term of the shape of the input
     * @return whether there is a gradient that it is added to
     */
    public boolean addToGradient(PanelMatrix term) {
        if (backwardInput == null) {
            return false;
        }
        backwardInput.close();
        backwardInput = backwardPlan(buffers.backwardEnd().withAccumulate(true));
        addend = term;
        return true;
    }

    private ConvPlan backwardPlan(Epilogue end) {
        int batch = buffers.x().rows();
        return ConvPlan.backwardInput(arena, weights.values(), shape, batch, end, workers, weights.gradient());
    }

    /** Computes the gradients of weights and biases. */
    public void backwardWeights() {
        gradient.run(buffers.dy(), buffers.x());
        if (bias != null && sums != null) {
            Updates.sumOverBatch(buffers.dy(), sums, workers);
            sumOverPositions(sums, bias.gradient());
        }
    }

    /** The margin adds zeros. */
    private static void sumOverPositions(DenseMatrix features, DenseMatrix channels) {
        int count = channels.cols();
        for (int channel = 0; channel < count; channel++) {
            double sum = 0;
            for (int feature = channel; feature < features.cols(); feature += count) {
                sum += features.get(0, feature);
            }
            channels.set(0, channel, (float) sum);
        }
    }

    @Override
    public void rewired() {
        forward.replan();
        if (backwardInput != null) {
            backwardInput.replan();
        }
        gradient.replan();
    }

    @Override
    public long heldBytes() {
        return forward.heldBytes() + (backwardInput == null ? 0 : backwardInput.heldBytes()) + gradient.heldBytes();
    }

    /** By the gradient of all weights, as the passes of a step left input and gradient of the output. */
    @Override
    public Pass prepare(KernelArena arena, BlockPattern grid) {
        FullConvGradient full = new FullConvGradient(arena, shape, grid, buffers, workers);
        return full::score;
    }

    /** Blocks lie inside a tap. */
    @Override
    public BlockPattern everywhere(BlockPattern grid) {
        int width = WeightSpec.widest(shape.input().channels(), FullConvGradient.BLOCK);
        return BlockPattern.full(grid.rows(), grid.cols(), Math.min(FullConvGradient.BLOCK, grid.rows()), width);
    }

    /** As backward to the weights. */
    @Override
    public At at(KernelArena arena, BlockSparseMatrix to, boolean accumulate) {
        ConvGradient plan = ConvGradient.prepare(arena, to, shape, buffers.x().rows(), accumulate, workers);
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

    /** {@return how the products are computed} */
    public String plan() {
        return forward.toString();
    }

    /** {@return the weights} */
    public BlockParameter weights() {
        return weights;
    }

    /** {@return the biases, 1 × channels, or null if there are none} */
    public @Nullable DenseParameter bias() {
        return bias;
    }
}
