package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Values of 16 bits as floats. A batch of several panels uses each value once for each of them, and widening it every time costs more than reading twice as
 * many bytes.
 */
final class WidenedValues implements PreparedValues {
    private static final int TASK_VALUES = 16 * 1024;

    /** With fewer, values are used as often as they would be copied. */
    private static final int LEAST_PANELS = 2;

    private final MemorySegment source;
    private final ValueType type;
    private final MemorySegment memory;
    private final int count;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param source the values
     * @param type how they are stored
     */
    private WidenedValues(KernelArena arena, MemorySegment source, ValueType type) {
        this.source = source;
        this.type = type;
        count = Math.toIntExact(source.byteSize() / type.bytes());
        memory = arena.allocate((long) count * Float.BYTES);
        Providers.active()
                .elementwise()
                .widen(source, type, 0, 0, memory); // generates what a task may have no stack for
    }

    /** For values that a product reads more than once, or null. */
    static @Nullable WidenedValues of(SpmmSetup setup, MemorySegment source, ValueType type) {
        return type == ValueType.F32 || setup.panels() < LEAST_PANELS
                ? null
                : new WidenedValues(setup.arena(), source, type);
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes() {
        return memory.byteSize();
    }

    @Override
    public int tasks() {
        return (count + TASK_VALUES - 1) / TASK_VALUES;
    }

    @Override
    public void copy(int task, int worker) {
        int from = task * TASK_VALUES;
        int to = Math.min(from + TASK_VALUES, count);
        Providers.active().elementwise().widen(source, type, from, to, memory);
    }
}
