package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.Cells;
import java.util.Arrays;
import java.util.Objects;

/** One exchange of blocks of a pattern: some are dropped, and as many grow among the places that are then free. */
final class BlockExchange {
    private final BlockPattern old;
    private final int[] survivors;
    private final int[] survivorsBefore;

    /**
     * Drops blocks.
     *
     * @param old the pattern
     * @param dropped numbers of blocks, ascending and distinct
     */
    BlockExchange(BlockPattern old, int[] dropped) {
        this.old = old;
        int[] cells = Cells.of(old);
        survivors = new int[cells.length - dropped.length];
        survivorsBefore = new int[old.gridRows() + 1];
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
    }

    /** The blocks of the smallest norms, ascending; of equal ones those that come first. */
    static int[] smallest(float[] norms, int blocks, int count) {
        TopK smallest = TopK.smallest(count);
        smallest.offer(norms, 0, blocks, 0);
        return smallest.indices();
    }

    /** Number of free places. */
    int free() {
        return Cells.count(old) - survivors.length;
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
            while (before < survivors.length && survivors[before] <= ordinals[i] + before) {
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
        for (int i = survivorsBefore[gridRow]; i < survivorsBefore[gridRow + 1]; i++) {
            norms[survivors[i] - first] = -1;
        }
    }

    /** The pattern before the exchange. */
    BlockPattern old() {
        return old;
    }

    /** Whether a cell has no survivor. */
    boolean isFree(int cell) {
        Objects.checkIndex(cell, Cells.count(old));
        return Arrays.binarySearch(survivors, cell) < 0;
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
