package dev.rewire.training.parameter;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Values that are all stored, as biases are. Weight decay leaves them alone. */
public final class DenseParameter implements Parameter {
    private final DenseMatrix values;
    private final DenseMatrix gradient;
    private final List<DenseMatrix> slots = new ArrayList<>();

    /**
     * Values that are zero.
     *
     * @param arena where memory comes from
     * @param rows at least 1
     * @param cols at least 1
     * @param slotCount slots of the optimiser
     */
    public DenseParameter(KernelArena arena, int rows, int cols, int slotCount) {
        values = DenseMatrix.allocate(arena, rows, cols);
        gradient = DenseMatrix.allocate(arena, rows, cols);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(DenseMatrix.allocate(arena, rows, cols));
        }
    }

    @Override
    public void update(UpdateRule rule, long update, double rate, boolean rewires, Workers workers) {
        rule.update(values, gradient, slots, update, rate, false, workers);
    }

    @Override
    public MemorySegment gradientMemory() {
        return gradient.segment();
    }

    @Override
    public long bytes() {
        return (2L + slots.size()) * values.segment().byteSize();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(values.segment()));
        slots.forEach(slot -> state.add(slot.segment()));
        return state;
    }

    /**
     * The values.
     *
     * @return what is trained
     */
    public DenseMatrix values() {
        return values;
    }

    /**
     * The gradient.
     *
     * @return of the shape of the values
     */
    public DenseMatrix gradient() {
        return gradient;
    }
}
