package dev.rewire.training;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** N:M weights, of which only those that are kept are stored. */
final class NmWeights implements LayerWeights {
    private final SemiStructuredMatrix weights;
    private final SemiStructuredMatrix gradient;
    private final List<SemiStructuredMatrix> slots = new ArrayList<>();
    private final Products products;

    /** As {@link LayerWeights#of}. */
    NmWeights(
            KernelArena arena,
            NmPattern pattern,
            int slotCount,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        weights = SemiStructuredMatrix.allocate(arena, pattern);
        gradient = SemiStructuredMatrix.allocate(arena, pattern);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(SemiStructuredMatrix.allocate(arena, pattern));
        }
        products = SparseProducts.of(arena, weights, bias, gradient, relu, buffers, engine, workers);
    }

    @Override
    public void initialise(CounterRandom random) {
        NmPattern p = weights.pattern();
        double deviation = Math.sqrt(2.0 / Math.max(1, p.rowElements()));
        for (int element = 0; element < p.elements(); element++) {
            weights.values().setAtIndex(ValueLayout.JAVA_FLOAT, element, (float) (deviation * random.nextGaussian()));
        }
        products.weightsChanged();
    }

    @Override
    public void update(Optimizer optimizer, long update, double rate, boolean rewires, Workers workers) {
        optimizer.update(weights, gradient, slots, update, rate, true, workers);
        products.weightsChanged();
    }

    /** Moves to another pattern: places that both keep have weight and slots still, new ones start at zero. */
    void rewire(NmPattern next) {
        weights.rewire(next);
        gradient.rewire(next);
        for (SemiStructuredMatrix slot : slots) {
            slot.rewire(next);
        }
        products.replan();
    }

    @Override
    public LayerPattern.Nm pattern() {
        return new LayerPattern.Nm(weights.pattern(), null);
    }

    @Override
    public Products products() {
        return products;
    }

    @Override
    public long nonzeros() {
        return weights.pattern().elements();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(weights.values()));
        slots.forEach(slot -> state.add(slot.values()));
        return state;
    }

    SemiStructuredMatrix weights() {
        return weights;
    }

    SemiStructuredMatrix gradient() {
        return gradient;
    }
}
