package dev.rewire.kernels;

import dev.rewire.kernels.internal.LineRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The lines of a pattern, four rows of blocks after four, as kernels read them ({@link LineRecord}). No line begins so late that 16 values from there on would not exist. */
final class PackedLines {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final BlockPattern full;
    private final int last;
    private final Lines lines;
    private final MemorySegment records;

    /**
     * Room for the lines.
     *
     * @param arena where it comes from
     * @param pattern of the shape
     * @param capacity values that there is memory for
     */
    PackedLines(KernelArena arena, BlockPattern pattern, long capacity) {
        last = Math.toIntExact(capacity - LineRecord.PLACES);
        int placesOfRow = pattern.gridCols() * pattern.blockRows() * pattern.blockCols();
        full = BlockPattern.full(pattern.gridRows(), placesOfRow, LineRecord.ROWS, LineRecord.PLACES);
        lines = new Lines(full);
        records = arena.allocate((long) full.blocks() * LineRecord.BYTES);
    }

    /** Whether there are values for a line, and places that an int counts. */
    static boolean fit(BlockPattern pattern, long capacity) {
        int block = pattern.blockRows() * pattern.blockCols();
        return LineRecord.PLACES % block == 0
                && capacity >= LineRecord.PLACES
                && capacity <= Integer.MAX_VALUE
                && (long) pattern.gridRows() * pattern.gridCols() * block < Integer.MAX_VALUE - LineRecord.PLACES;
    }

    MemorySegment records() {
        return records;
    }

    /** Lines of a row of blocks. */
    int ofRow() {
        return full.gridCols();
    }

    long heldBytes() {
        return records.byteSize() + lines.heldBytes();
    }

    void replan(BlockPattern pattern) {
        lines.replan(pattern);
        for (int record = 0; record < full.blocks(); record++) {
            write(record);
        }
    }

    private void write(int record) {
        long at = (long) record * LineRecord.BYTES;
        long masks = 0;
        long[] selectors = new long[LineRecord.PLACES * Short.BYTES / Long.BYTES];
        for (int row = 0; row < LineRecord.ROWS; row++) {
            int line = record * LineRecord.ROWS + row;
            int start = Math.min(lines.starts()[line], last);
            records.set(ValueLayout.JAVA_INT, at + LineRecord.STARTS + (long) row * Integer.BYTES, start);
            long mask = lines.masks()[line] & 0xffffL;
            masks |= mask << (row * Short.SIZE);
            long value = (long) lines.starts()[line] - start;
            for (long left = mask; left != 0; left &= left - 1, value++) {
                int place = Long.numberOfTrailingZeros(left);
                selectors[place / 4] |= value << (place % 4 * Short.SIZE + row * LineRecord.SELECTOR_BITS);
            }
        }
        for (int i = 0; i < selectors.length; i++) {
            records.set(LONG, at + (long) i * Long.BYTES, selectors[i]);
        }
        records.set(LONG, at + LineRecord.MASKS, masks);
    }
}
