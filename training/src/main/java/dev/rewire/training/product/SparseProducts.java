package dev.rewire.training.product;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import org.jspecify.annotations.Nullable;

/** Products on Rewire's own kernels, for blocks of any pattern from sparse to full and for N:M. */
final class SparseProducts implements Products {
    private final LayerBuffers buffers;
    private final SpmmPlan forward;
    private final @Nullable SpmmPlan backwardInput;
    private final WeightGradient backwardWeights;
    private final @Nullable DenseCopy denseCopy;

    /** With weights in blocks. */
    SparseProducts(
            KernelArena arena,
            BlockParameter weights,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Workers workers) {
        this.buffers = buffers;
        int batch = buffers.x().rows();
        Epilogue end = Epilogue.NONE.withBias(bias);
        Epilogue forwardEnd = relu ? end.withRelu() : end;
        forward = SpmmPlan.forward(arena, weights.values(), batch, Layout.PANELS, forwardEnd, workers);
        Epilogue backwardEnd = buffers.dx() == null ? null : buffers.backwardEnd();
        backwardInput = backwardEnd == null
                ? null
                : SpmmPlan.backwardInput(
                        arena,
                        weights.values(),
                        batch,
                        Layout.PANELS,
                        backwardEnd,
                        workers,
                        PlanChoice.AUTOMATIC,
                        weights.gradient());
        backwardWeights = WeightGradient.of(
                SddmmPlan.backwardWeight(arena, weights.gradient(), batch, Layout.PANELS, false, workers), buffers);
        denseCopy = DenseCopy.ifFaster(
                arena, weights.values(), forwardEnd, backwardEnd, buffers, workers, this::forwardAndBackSparse);
    }

    /** With N:M weights. */
    private SparseProducts(
            SpmmPlan forward, @Nullable SpmmPlan backwardInput, WeightGradient backwardWeights, LayerBuffers buffers) {
        this.buffers = buffers;
        this.forward = forward;
        this.backwardInput = backwardInput;
        this.backwardWeights = backwardWeights;
        denseCopy = null;
    }

    /** The products with N:M weights, on their own pattern; the forward one on a device, where there is one. */
    static Products of(
            KernelArena arena,
            NmParameter weights,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        int batch = buffers.x().rows();
        SpmmPlan backwardInput = buffers.dx() == null
                ? null
                : SpmmPlan.backwardInput(arena, weights.values(), batch, Layout.PANELS, buffers.backwardEnd(), workers);
        WeightGradient backwardWeights = WeightGradient.of(
                SddmmPlan.backwardWeight(arena, weights.gradient(), batch, Layout.PANELS, false, workers), buffers);
        if (engine instanceof Engine.OnDevice device) {
            NmBackend.Layer layer = new NmBackend.Layer(weights.values(), bias, relu, batch, false);
            return new DeviceProducts(device, layer, backwardInput, backwardWeights, buffers, workers);
        }
        SpmmPlan forward = forward(arena, weights.values(), bias, relu, buffers, workers);
        return new SparseProducts(forward, backwardInput, backwardWeights, buffers);
    }

    /** The products with what a mask keeps; on a device, where there is one, the forward one and, of transposable masks, that backward to the input. */
    static Products of(
            KernelArena arena,
            MaskedParameter weights,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        int batch = buffers.x().rows();
        SemiStructuredMatrix transposed = weights.transposed();
        BlockSparseMatrix inBlocks = weights.inBlocks();
        SpmmPlan backwardInput = null;
        if (inBlocks != null) {
            Epilogue end = buffers.backwardEnd();
            backwardInput = SpmmPlan.backwardInput(arena, inBlocks, batch, Layout.PANELS, end, workers);
        } else if (transposed != null) {
            Epilogue end = buffers.backwardEnd();
            backwardInput = SpmmPlan.forward(arena, transposed, batch, Layout.PANELS, end, workers);
        } else if (buffers.dx() != null && !weights.isTransposable()) {
            Epilogue end = buffers.backwardEnd();
            backwardInput = SpmmPlan.backwardInput(
                    arena, weights.kept(), batch, Layout.PANELS, end, workers, PlanChoice.STORED);
        }
        WeightGradient backwardWeights = weights.gradient()::begin;
        if (engine instanceof Engine.OnDevice device) {
            boolean backwardOnDevice = buffers.dx() != null && backwardInput == null;
            NmBackend.Layer layer = new NmBackend.Layer(weights.kept(), bias, relu, batch, backwardOnDevice);
            return new DeviceProducts(device, layer, backwardInput, backwardWeights, buffers, workers);
        }
        SpmmPlan forward = forward(arena, weights.kept(), bias, relu, buffers, workers);
        return new SparseProducts(forward, backwardInput, backwardWeights, buffers);
    }

    private static SpmmPlan forward(
            KernelArena arena,
            SemiStructuredMatrix weights,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Workers workers) {
        Epilogue end = Epilogue.NONE.withBias(bias);
        int batch = buffers.x().rows();
        return SpmmPlan.forward(arena, weights, batch, Layout.PANELS, relu ? end.withRelu() : end, workers);
    }

    private void forwardAndBackSparse() {
        forwardSparse();
        backwardInputSparse();
    }

    @Override
    public void forward() {
        if (denseCopy == null) {
            forwardSparse();
        } else {
            denseCopy.forward();
        }
    }

    private void forwardSparse() {
        forward.run(buffers.x(), buffers.y());
    }

    @Override
    public void backwardInput() {
        if (denseCopy == null) {
            backwardInputSparse();
        } else {
            denseCopy.backwardInput();
        }
    }

    private void backwardInputSparse() {
        PanelMatrix dx = buffers.dx();
        if (backwardInput != null && dx != null) {
            backwardInput.run(buffers.dy(), dx);
        }
    }

    @Override
    public void backwardWeights() {
        backwardWeights.run();
    }

    @Override
    public void rewired() {
        forward.replan();
        if (backwardInput != null) {
            backwardInput.replan();
        }
        backwardWeights.replan();
    }

    @Override
    public long heldBytes() {
        return forward.heldBytes()
                + (backwardInput == null ? 0 : backwardInput.heldBytes())
                + backwardWeights.heldBytes()
                + (denseCopy == null ? 0 : denseCopy.heldBytes());
    }

    @Override
    public String toString() {
        return denseCopy == null ? forward.toString() : denseCopy.toString();
    }
}
