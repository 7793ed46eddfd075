package dev.rewire.training;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A fully connected layer, {@code y = relu(x·Wᵀ + bias)} or without ReLU, with its gradients and the optimiser's slots. */
final class Linear {
    private final LayerWeights weights;
    private final DenseMatrix bias;
    private final DenseMatrix biasGradient;
    private final List<DenseMatrix> biasSlots = new ArrayList<>();
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
    Linear(
            KernelArena arena,
            LayerPattern pattern,
            int slotCount,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        int out = pattern.shape().out();
        bias = DenseMatrix.allocate(arena, 1, out);
        biasGradient = DenseMatrix.allocate(arena, 1, out);
        for (int slot = 0; slot < slotCount; slot++) {
            biasSlots.add(DenseMatrix.allocate(arena, 1, out));
        }
        weights = LayerWeights.of(arena, pattern, slotCount, bias, relu, buffers, engine, workers);
    }

    /** Draws the weights; biases stay zero. */
    void initialise(CounterRandom random) {
        weights.initialise(random);
    }

    void forward() {
        weights.prepare(workers);
        weights.products().forward();
    }

    void backwardInput() {
        weights.products().backwardInput();
    }

    /** Computes the gradients of weights and biases; after {@link #backwardInput}. */
    void backwardWeights() {
        weights.products().backwardWeights();
        Updates.sumOverBatch(buffers.dy(), biasGradient, workers);
    }

    /** Follows the gradients; {@code rewires} if a rewiring comes next. */
    void update(Optimizer optimizer, long update, double rate, boolean rewires) {
        weights.update(optimizer, update, rate, rewires, workers);
        optimizer.update(bias, biasGradient, biasSlots, update, rate, false, workers);
    }

    LayerPattern pattern() {
        return weights.pattern();
    }

    /** How the products with the weights are computed. */
    String plan() {
        return weights.products().toString();
    }

    LayerShape shape() {
        return pattern().shape();
    }

    /** Weights that the products see, without the padding of blocks at the edge. */
    long nonzeros() {
        return weights.nonzeros();
    }

    LayerWeights weights() {
        return weights;
    }

    DenseMatrix bias() {
        return bias;
    }

    DenseMatrix biasGradient() {
        return biasGradient;
    }

    LayerBuffers buffers() {
        return buffers;
    }

    /** All that training changes: weights, bias, then for each slot that of the weights and that of the bias. */
    List<MemorySegment> state() {
        List<MemorySegment> ofWeights = weights.state();
        List<MemorySegment> state = new ArrayList<>(List.of(ofWeights.get(0), bias.segment()));
        for (int slot = 0; slot < biasSlots.size(); slot++) {
            state.add(ofWeights.get(1 + slot));
            state.add(biasSlots.get(slot).segment());
        }
        return state;
    }
}
