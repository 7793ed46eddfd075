package dev.rewire.training.parameter;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.random.CounterRandom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** N:M weights, of which only those that are kept are stored. */
public final class NmParameter implements SparseParameter {
    private final SemiStructuredMatrix values;
    private final SemiStructuredMatrix gradient;
    private final List<SemiStructuredMatrix> slots = new ArrayList<>();
    private ParameterListener listener = ParameterListener.NONE;

    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param pattern which are kept, out × in
     * @param slotCount slots of the optimiser
     */
    public NmParameter(KernelArena arena, NmPattern pattern, int slotCount) {
        values = SemiStructuredMatrix.allocate(arena, pattern);
        gradient = SemiStructuredMatrix.allocate(arena, pattern);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(SemiStructuredMatrix.allocate(arena, pattern));
        }
    }

    @Override
    public void listener(ParameterListener next) {
        listener = next;
    }

    @Override
    public void initialise(CounterRandom random, double gain) {
        NmPattern p = values.pattern();
        double deviation = Math.sqrt(gain / Math.max(1, p.rowElements()));
        for (int element = 0; element < p.elements(); element++) {
            values.values().setAtIndex(ValueLayout.JAVA_FLOAT, element, (float) (deviation * random.nextGaussian()));
        }
        listener.valuesChanged();
    }

    @Override
    public void update(UpdateRule rule, long update, double rate, boolean rewires, Workers workers) {
        rule.update(values, gradient, slots, update, rate, true, workers);
        listener.valuesChanged();
    }

    /**
     * Moves to another pattern: places that both keep have weight and slots still, new ones start at zero.
     *
     * @param next of the same shape, N and M
     */
    public void rewire(NmPattern next) {
        values.rewire(next);
        gradient.rewire(next);
        for (SemiStructuredMatrix slot : slots) {
            slot.rewire(next);
        }
        listener.rewired();
    }

    @Override
    public ParameterPattern.Nm pattern() {
        return new ParameterPattern.Nm(values.pattern(), null);
    }

    @Override
    public long nonzeros() {
        return values.pattern().elements();
    }

    @Override
    public MemorySegment gradientMemory() {
        return gradient.values();
    }

    @Override
    public long bytes() {
        NmPattern p = values.pattern();
        return (2L + slots.size()) * values.values().byteSize() + (long) p.rows() * p.rowBytes() + listener.heldBytes();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(values.values()));
        slots.forEach(slot -> state.add(slot.values()));
        return state;
    }

    /**
     * The weights.
     *
     * @return what is trained
     */
    public SemiStructuredMatrix values() {
        return values;
    }

    /**
     * The gradient.
     *
     * @return on the pattern of the weights
     */
    public SemiStructuredMatrix gradient() {
        return gradient;
    }
}
