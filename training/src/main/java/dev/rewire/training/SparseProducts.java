package dev.rewire.training;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import org.jspecify.annotations.Nullable;

/** Products on Rewire's own kernels, for blocks of any pattern from sparse to full and for N:M. */
final class SparseProducts implements Products {
    private final LayerBuffers buffers;
    private final SpmmPlan forward;
    private final @Nullable SpmmPlan backwardInput;
    private final WeightGradient backwardWeights;
    private final @Nullable DenseCopy denseCopy;

    SparseProducts(
            KernelArena arena,
            BlockSparseMatrix weights,
            DenseMatrix bias,
            BlockSparseMatrix gradient,
            boolean relu,
            LayerBuffers buffers,
            Workers workers) {
        this.buffers = buffers;
        int batch = buffers.x().rows();
        Epilogue end = Epilogue.NONE.withBias(bias);
        Epilogue forwardEnd = relu ? end.withRelu() : end;
        forward = SpmmPlan.forward(arena, weights, batch, Layout.PANELS, forwardEnd, workers);
        Epilogue backwardEnd = buffers.dx() == null ? null : Epilogue.NONE.withReluMask(buffers.x());
        backwardInput = backwardEnd == null
                ? null
                : SpmmPlan.backwardInput(arena, weights, batch, Layout.PANELS, backwardEnd, workers);
        backwardWeights = WeightGradient.of(
                SddmmPlan.backwardWeight(arena, gradient, batch, Layout.PANELS, false, workers), buffers);
        denseCopy = DenseCopy.ifFaster(
                arena, weights, forwardEnd, backwardEnd, buffers, workers, this::forwardAndBackSparse);
    }

    /** With N:M weights. */
    SparseProducts(
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
            SemiStructuredMatrix weights,
            DenseMatrix bias,
            SemiStructuredMatrix gradient,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        int batch = buffers.x().rows();
        SpmmPlan backwardInput = backwardInput(arena, weights, buffers, workers);
        WeightGradient backwardWeights = WeightGradient.of(
                SddmmPlan.backwardWeight(arena, gradient, batch, Layout.PANELS, false, workers), buffers);
        if (engine instanceof Engine.OnDevice device) {
            NmBackend.Layer layer = new NmBackend.Layer(weights, bias, relu, batch, false);
            return new DeviceProducts(device, layer, backwardInput, backwardWeights, buffers, workers);
        }
        SpmmPlan forward = forward(arena, weights, bias, relu, buffers, workers);
        return new SparseProducts(forward, backwardInput, backwardWeights, buffers);
    }

    /** The forward product of a layer with N:M weights. */
    static SpmmPlan forward(
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

    /** The product of the backward pass with N:M weights, null in the first layer. */
    static @Nullable SpmmPlan backwardInput(
            KernelArena arena, SemiStructuredMatrix weights, LayerBuffers buffers, Workers workers) {
        if (buffers.dx() == null) {
            return null;
        }
        Epilogue end = Epilogue.NONE.withReluMask(buffers.x());
        return SpmmPlan.backwardInput(arena, weights, buffers.x().rows(), Layout.PANELS, end, workers);
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
    public void replan() {
        forward.replan();
        if (backwardInput != null) {
            backwardInput.replan();
        }
        backwardWeights.replan();
    }

    @Override
    public String toString() {
        return denseCopy == null ? forward.toString() : denseCopy.toString();
    }
}
