package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import java.util.Arrays;

/** One exchange of blocks of a pattern: some are dropped, and as many grow among the places that are then free. */
final class BlockExchange {
    private final BlockPattern old;
    private final int[] survivors;

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
        int kept = 0;
        int next = 0;
        for (int block = 0; block < cells.length; block++) {
            if (next < dropped.length && dropped[next] == block) {
                next++;
            } else {
                survivors[kept++] = cells[block];
            }
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
     * Offers the free places of a row of the grid.
     *
     * @param gridRow the row
     * @param scores a score for each place of the row
     * @param best who selects, by cell
     */
    void offerFree(int gridRow, float[] scores, TopK best) {
        int first = gridRow * old.gridCols();
        int end = first + old.gridCols();
        int next = Arrays.binarySearch(survivors, first);
        next = next < 0 ? ~next : next;
        for (int cell = first; cell < end; cell++) {
            int stop = next < survivors.length ? Math.min(survivors[next], end) : end;
            best.offer(scores, cell - first, stop - first, cell);
            cell = stop;
            next++;
        }
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
