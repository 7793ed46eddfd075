package dev.rewire.kernels.arrays;

import java.util.Arrays;

/** Entries in any order brought into that of a pattern: by rows, then by columns, each place once. An entry is an element or a block. */
final class Entries {
    private Entries() {}

    /**
     * Sorts.
     *
     * @param given the matrix, whose offsets do not count
     * @param rows the grid row of each entry
     * @param cols the grid column of each entry
     * @param place names an entry in an error, "colIndices" for example
     */
    static BsrArrays sorted(BsrArrays given, int[] rows, int[] cols, Duplicates duplicates, String place) {
        if (areSorted(rows, cols)) {
            return new BsrArrays(
                    given.rows(),
                    given.cols(),
                    given.blockRows(),
                    given.blockCols(),
                    offsets(rows, given.gridRows()),
                    cols,
                    given.values());
        }
        // Sorting by the lesser key first, then stably by the greater, takes a pass for each, whatever the order.
        int[] byColumn = order(cols, identity(cols.length), given.gridCols());
        int[] order = order(rows, byColumn, given.gridRows());
        int each = given.blockRows() * given.blockCols();
        int[] sortedRows = new int[order.length];
        int[] sortedCols = new int[order.length];
        float[] values = new float[given.values().length];
        int count = 0;
        for (int i = 0; i < order.length; i++) {
            int entry = order[i];
            int row = rows[entry];
            int col = cols[entry];
            if (i > 0 && row == sortedRows[count - 1] && col == sortedCols[count - 1]) {
                if (duplicates == Duplicates.REFUSED) {
                    throw new IllegalArgumentException(place + "[" + entry + "]: (" + row + ", " + col
                            + ") is repeated, it was given at " + order[i - 1]
                            + "; accepted is each place once: add them up, or pass Duplicates.SUMMED");
                }
                add(given.values(), entry * each, values, (count - 1) * each, each);
                continue;
            }
            sortedRows[count] = row;
            sortedCols[count] = col;
            System.arraycopy(given.values(), entry * each, values, count++ * each, each);
        }
        return new BsrArrays(
                given.rows(),
                given.cols(),
                given.blockRows(),
                given.blockCols(),
                offsets(Arrays.copyOf(sortedRows, count), given.gridRows()),
                Arrays.copyOf(sortedCols, count),
                Arrays.copyOf(values, count * each));
    }

    private static void add(float[] from, int at, float[] to, int first, int count) {
        for (int i = 0; i < count; i++) {
            to[first + i] += from[at + i];
        }
    }

    private static boolean areSorted(int[] rows, int[] cols) {
        for (int i = 1; i < rows.length; i++) {
            if (rows[i] < rows[i - 1] || (rows[i] == rows[i - 1] && cols[i] <= cols[i - 1])) {
                return false;
            }
        }
        return true;
    }

    private static int[] identity(int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /** Brings entries into the order of their keys; those of equal keys keep theirs. */
    static int[] order(int[] keys, int[] entries, int size) {
        int[] next = offsets(keys, size);
        int[] order = new int[entries.length];
        for (int entry : entries) {
            order[next[keys[entry]]++] = entry;
        }
        return order;
    }

    /** Where the entries of each key begin, and where the last ones end. */
    static int[] offsets(int[] keys, int size) {
        int[] offsets = new int[size + 1];
        for (int key : keys) {
            offsets[key + 1]++;
        }
        for (int i = 0; i < size; i++) {
            offsets[i + 1] += offsets[i];
        }
        return offsets;
    }

    /** For each entry the row, or column, whose offsets it lies between. */
    static int[] lines(int[] offsets) {
        int[] lines = new int[offsets[offsets.length - 1]];
        for (int line = 0; line + 1 < offsets.length; line++) {
            Arrays.fill(lines, offsets[line], offsets[line + 1], line);
        }
        return lines;
    }
}
