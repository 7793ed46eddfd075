package dev.rewire.training.product;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import org.jspecify.annotations.Nullable;

/** Products of an N:M layer of which a device computes the forward one, and that of the input's gradient unless a plan does. */
final class DeviceProducts implements Products {
    private final Engine.OnDevice engine;
    private final NmBackend.Layer layer;
    private final NmBackend.Product product;
    private final @Nullable SpmmPlan backwardInput;
    private final WeightGradient backwardWeights;
    private final LayerBuffers buffers;
    private final Workers workers;
    private boolean isLoaded;

    /**
     * Opens the products on the device.
     *
     * @param engine the device
     * @param layer what it multiplies
     * @param backwardInput of the kernels; null if the device computes it, or nobody
     * @param backwardWeights of the kernels
     * @param buffers what products read and write
     * @param workers who computes and converts here
     */
    DeviceProducts(
            Engine.OnDevice engine,
            NmBackend.Layer layer,
            @Nullable SpmmPlan backwardInput,
            WeightGradient backwardWeights,
            LayerBuffers buffers,
            Workers workers) {
        this.engine = engine;
        this.layer = layer;
        this.backwardInput = backwardInput;
        this.backwardWeights = backwardWeights;
        this.buffers = buffers;
        this.workers = workers;
        product = engine.session().product(layer);
    }

    @Override
    public void forward() {
        if (!isLoaded) {
            product.load(workers);
            isLoaded = true;
        }
        product.forward(buffers.x(), buffers.y(), workers);
    }

    @Override
    public void backwardInput() {
        PanelMatrix dx = buffers.dx();
        if (backwardInput != null && dx != null) {
            backwardInput.run(buffers.dy(), dx);
        } else if (dx != null) {
            product.backwardInput(buffers.dy(), buffers.x(), dx, workers);
        }
    }

    @Override
    public void backwardWeights() {
        backwardWeights.run();
    }

    @Override
    public void valuesChanged() {
        isLoaded = false;
    }

    @Override
    public void rewired() {
        isLoaded = false;
        if (backwardInput != null) {
            backwardInput.replan();
        }
        backwardWeights.replan();
    }

    @Override
    public String toString() {
        return layer.weights().pattern().n() + ":" + layer.weights().pattern().m() + " on " + engine.name()
                + (layer.backwardInput() ? ", forward and backward to the input" : ", forward");
    }
}
