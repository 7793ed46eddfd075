package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;

/** Some consecutive blocks' values on the heap, where C2 checks a loop over them once and not float by float. */
final class HeapValues {
    /** They lie in the first-level cache beside what they are multiplied by. */
    private static final int FLOATS = 1024;

    private final ValueType type;
    private final int blockElements;
    private final int most;

    /** The values, from those of the block {@link #first} on. */
    final float[] floats;

    int first;
    int end;

    HeapValues(ValueType type, int blockElements) {
        this.type = type;
        this.blockElements = blockElements;
        most = Math.max(1, FLOATS / blockElements);
        floats = new float[most * blockElements];
    }

    /** Forgets the values of another run. */
    void clear() {
        first = 0;
        end = 0;
    }

    /**
     * Has all blocks of a row at hand or, of one that is too long, the first ones: which these are does not depend on where a task begins.
     *
     * @param block first of the row
     * @param endOfRow block after its last
     * @param endOfTask block after the last of all that will be asked for
     */
    void needRow(MemorySegment values, int block, int endOfRow, int endOfTask) {
        if (block < first || endOfRow > end) {
            load(values, block, endOfTask);
        }
    }

    /** Has as many blocks at hand as there is room for. */
    void load(MemorySegment values, int block, int endOfTask) {
        first = block;
        end = (int) Math.min((long) block + most, endOfTask);
        long from = (long) first * blockElements;
        int count = (end - first) * blockElements;
        if (type == ValueType.F32) {
            MemorySegment.copy(values, JAVA_FLOAT_UNALIGNED, from * Float.BYTES, floats, 0, count);
        } else {
            for (int i = 0; i < count; i++) {
                floats[i] = type.get(values, from + i);
            }
        }
    }
}
