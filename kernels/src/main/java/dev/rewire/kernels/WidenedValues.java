package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Values of 16 bits as floats. A batch of several panels uses each value once for each of them, and widening it every time costs more than reading twice as
 * many bytes.
 */
final class WidenedValues implements PreparedValues {
    private static final int TASK_VALUES = 16 * 1024;

    /** With fewer, values are used as often as they would be copied. */
    private static final int LEAST_PANELS = 2;

    /** Values at once on the heap, where C2 makes vectors of loops over two types; of loops over segments it does not. */
    private static final int AT_ONCE = 1024;

    private final MemorySegment source;
    private final ValueType type;
    private final MemorySegment memory;
    private final int count;
    private final short[][] narrow;
    private final int[][] wide;

    /**
     * Makes room for the copy.
     *
     * @param arena where it comes from
     * @param source the values
     * @param type how they are stored
     * @param threads workers
     */
    private WidenedValues(KernelArena arena, MemorySegment source, ValueType type, int threads) {
        this.source = source;
        this.type = type;
        count = Math.toIntExact(source.byteSize() / type.bytes());
        memory = arena.allocate((long) count * Float.BYTES);
        narrow = new short[threads][AT_ONCE];
        wide = new int[threads][AT_ONCE];
    }

    /** For values that a product reads more than once, or null. */
    static @Nullable WidenedValues of(SpmmSetup setup, MemorySegment source, ValueType type) {
        return type == ValueType.F32 || setup.panels() < LEAST_PANELS
                ? null
                : new WidenedValues(setup.arena(), source, type, setup.threads());
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public int tasks() {
        return (count + TASK_VALUES - 1) / TASK_VALUES;
    }

    @Override
    public void copy(int task, int worker) {
        int to = Math.min((task + 1) * TASK_VALUES, count);
        for (int from = task * TASK_VALUES; from < to; from += AT_ONCE) {
            int length = Math.min(AT_ONCE, to - from);
            MemorySegment.copy(source, ValueLayout.JAVA_SHORT, (long) from * Short.BYTES, narrow[worker], 0, length);
            widen(narrow[worker], wide[worker], length);
            MemorySegment.copy(wide[worker], 0, memory, ValueLayout.JAVA_INT, (long) from * Integer.BYTES, length);
        }
    }

    /** To the bits of floats. */
    private void widen(short[] from, int[] to, int length) {
        if (type == ValueType.BF16) {
            for (int i = 0; i < length; i++) {
                to[i] = from[i] << Short.SIZE;
            }
        } else {
            for (int i = 0; i < length; i++) {
                to[i] = Float.floatToRawIntBits(Float.float16ToFloat(from[i]));
            }
        }
    }
}
