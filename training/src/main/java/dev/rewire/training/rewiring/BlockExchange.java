package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.Cells;
import java.util.Arrays;
import java.util.Objects;

/** One exchange of blocks of a pattern: some are dropped, and others grow among the places that are then free. */
final class BlockExchange {
    private final BlockPattern old;
    private final int[] survivors;

    // What is not free: survivors, or all that there were.
    private final int[] taken;
    private final int[] takenBefore;

    /**
     * Drops blocks, whose places are free then.
     *
     * @param old the pattern
     * @param dropped numbers of blocks, ascending and distinct
     */
    BlockExchange(BlockPattern old, int[] dropped) {
        this(old, dropped, true);
    }

    /**
     * Drops blocks.
     *
     * @param old the pattern
     * @param dropped numbers of blocks, ascending and distinct
     * @param regrows whether their places are free
     */
    BlockExchange(BlockPattern old, int[] dropped, boolean regrows) {
        this.old = old;
        int[] cells = Cells.of(old);
        survivors = new int[cells.length - dropped.length];
        int[] survivorsBefore = new int[old.gridRows() + 1];
        int kept = 0;
        int next = 0;
        for (int row = 0; row < old.gridRows(); row++) {
            for (int block = old.rowOffset(row); block < old.rowOffset(row + 1); block++) {
                if (next < dropped.length && dropped[next] == block) {
                    next++;
                } else {
                    survivors[kept++] = cells[block];
                }
            }
            survivorsBefore[row + 1] = kept;
        }
        taken = regrows ? survivors : cells;
        takenBefore = regrows ? survivorsBefore : old.rowOffsets();
    }

    /** The blocks of the smallest norms, ascending; of equal ones those that come first. */
    static int[] smallest(float[] norms, int blocks, int count) {
        TopK smallest = TopK.smallest(count);
        smallest.offer(norms, 0, blocks, 0);
        return smallest.indices();
    }

    /** Number of free places. */
    int free() {
        return Cells.count(old) - taken.length;
    }

    /**
     * Finds free places.
     *
     * @param ordinals which of the free places, ascending from 0
     * @return their cells, ascending
     */
    int[] freeCells(int[] ordinals) {
        int[] cells = new int[ordinals.length];
        int before = 0;
        for (int i = 0; i < ordinals.length; i++) {
            while (before < taken.length && taken[before] <= ordinals[i] + before) {
                before++;
            }
            cells[i] = ordinals[i] + before;
        }
        return cells;
    }

    /**
     * Marks the places of a row of the grid that are not free.
     *
     * @param gridRow the row
     * @param norms takes −1 there
     */
    void markStored(int gridRow, float[] norms) {
        int first = gridRow * old.gridCols();
        for (int i = takenBefore[gridRow]; i < takenBefore[gridRow + 1]; i++) {
            norms[taken[i] - first] = -1;
        }
    }

    /**
     * Picks the free places of a row of the grid, each once.
     *
     * @param gridRow the row
     * @param cols columns that were drawn, ascending, some of them more than once
     * @param count how many
     * @param cells takes their cells
     * @param from where in there
     * @return where the next ones go
     */
    int pickFree(int gridRow, int[] cols, int count, int[] cells, int from) {
        int first = gridRow * old.gridCols();
        int next = takenBefore[gridRow];
        int end = takenBefore[gridRow + 1];
        int to = from;
        for (int i = 0; i < count; i++) {
            int cell = first + cols[i];
            while (next < end && taken[next] < cell) {
                next++;
            }
            if ((i == 0 || cols[i] != cols[i - 1]) && !(next < end && taken[next] == cell)) {
                cells[to++] = cell;
            }
        }
        return to;
    }

    /** The pattern before the exchange. */
    BlockPattern old() {
        return old;
    }

    /**
     * The first place that is not free from a cell on.
     *
     * @param from where to look from, as found for a lower cell, or 0
     * @param cell a cell
     * @return which of the places that are not free
     */
    int nextTaken(int from, int cell) {
        int next = from;
        while (next < taken.length && taken[next] < cell) {
            next++;
        }
        return next;
    }

    /** Whether the place found is a cell itself. */
    boolean isTaken(int next, int cell) {
        return next < taken.length && taken[next] == cell;
    }

    /** The pattern of what was not dropped. */
    BlockPattern kept() {
        return grow(new int[0]);
    }

    /** Whether a block may grow there. */
    boolean isFree(int cell) {
        Objects.checkIndex(cell, Cells.count(old));
        return Arrays.binarySearch(taken, cell) < 0;
    }

    /**
     * Grows blocks.
     *
     * @param grown free cells, ascending and distinct
     * @return the pattern of the survivors and the grown
     */
    BlockPattern grow(int[] grown) {
        int[] cells = new int[survivors.length + grown.length];
        int survivor = 0;
        int newcomer = 0;
        for (int i = 0; i < cells.length; i++) {
            boolean isSurvivor =
                    newcomer == grown.length || (survivor < survivors.length && survivors[survivor] < grown[newcomer]);
            cells[i] = isSurvivor ? survivors[survivor++] : grown[newcomer++];
        }
        return Cells.pattern(old.rows(), old.cols(), old.blockRows(), old.blockCols(), cells);
    }
}
