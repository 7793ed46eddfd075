package dev.rewire.training;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import org.jspecify.annotations.Nullable;

/** Products on Rewire's own kernels, for any pattern from sparse to full. */
final class SparseProducts implements Products {
    private final LayerBuffers buffers;
    private final SpmmPlan forward;
    private final @Nullable SpmmPlan backwardInput;
    private final SddmmPlan backwardWeights;

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
        forward = SpmmPlan.forward(arena, weights, batch, Layout.PANELS, relu ? end.withRelu() : end, workers);
        backwardInput = buffers.dx() == null
                ? null
                : SpmmPlan.backwardInput(
                        arena, weights, batch, Layout.PANELS, Epilogue.NONE.withReluMask(buffers.x()), workers);
        backwardWeights = SddmmPlan.backwardWeight(arena, gradient, batch, Layout.PANELS, false, workers);
    }

    @Override
    public void forward() {
        forward.run(buffers.x(), buffers.y());
    }

    @Override
    public void backwardInput() {
        PanelMatrix dx = buffers.dx();
        if (backwardInput != null && dx != null) {
            backwardInput.run(buffers.dy(), dx);
        }
    }

    @Override
    public void backwardWeights() {
        backwardWeights.run(buffers.dy(), buffers.x());
    }

    @Override
    public void replan() {
        forward.replan();
        if (backwardInput != null) {
            backwardInput.replan();
        }
        backwardWeights.replan();
    }
}
