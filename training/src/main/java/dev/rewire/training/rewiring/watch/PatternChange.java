package dev.rewire.training.rewiring.watch;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.ParameterPattern;
import java.util.Arrays;

/**
 * From one pattern to the next of the same weights. Each place is looked at once or twice, which is little beside the rewiring that was between them.
 *
 * @param dropped weights that the next one does not have, padding not counted
 * @param grown weights that it has anew
 * @param deadOutputs rows without a weight in it
 * @param deadInputs columns without one
 */
record PatternChange(long dropped, long grown, int deadOutputs, int deadInputs) {
    static PatternChange of(ParameterPattern before, ParameterPattern now) {
        return switch (now) {
            case ParameterPattern.Blocks blocks -> of(((ParameterPattern.Blocks) before).pattern(), blocks.pattern());
            case ParameterPattern.Nm nm -> of(((ParameterPattern.Nm) before).pattern(), nm.pattern());
        };
    }

    private static PatternChange of(BlockPattern before, BlockPattern now) {
        int[] lastRow =
                new int[now.gridCols()]; // of a column, counted from 1: the last one in which it was stored before
        boolean[] used = new boolean[now.gridCols()];
        long dropped = 0;
        long grown = 0;
        int deadOutputs = 0;
        int lastWidth = now.cols() - (now.gridCols() - 1) * now.blockCols();
        for (int row = 0; row < now.gridRows(); row++) {
            int height = Math.min(now.blockRows(), now.rows() - row * now.blockRows());
            for (int block = before.rowOffset(row); block < before.rowOffset(row + 1); block++) {
                lastRow[before.gridCol(block)] = row + 1;
            }
            int common = 0;
            for (int block = now.rowOffset(row); block < now.rowOffset(row + 1); block++) {
                int col = now.gridCol(block);
                used[col] = true;
                common += lastRow[col] == row + 1 ? 1 : 0;
            }
            int last = now.gridCols() - 1;
            int missing = now.blockCols() - lastWidth;
            boolean lastBefore = lastRow[last] == row + 1;
            boolean lastNow = endsWith(now, row, last);
            int cutBefore = lastBefore && !lastNow ? missing : 0;
            int cutNow = lastNow && !lastBefore ? missing : 0;
            int blocksBefore = before.rowOffset(row + 1) - before.rowOffset(row);
            int blocksNow = now.rowOffset(row + 1) - now.rowOffset(row);
            dropped += (long) height * ((blocksBefore - common) * now.blockCols() - cutBefore);
            grown += (long) height * ((blocksNow - common) * now.blockCols() - cutNow);
            deadOutputs += blocksNow == 0 ? height : 0;
        }
        int deadInputs = 0;
        for (int col = 0; col < used.length; col++) {
            deadInputs += used[col] ? 0 : col == used.length - 1 ? lastWidth : now.blockCols();
        }
        return new PatternChange(dropped, grown, deadOutputs, deadInputs);
    }

    /** Whether a row of the grid has a block in its last column, which may reach over the edge. */
    private static boolean endsWith(BlockPattern p, int row, int col) {
        int end = p.rowOffset(row + 1);
        return end > p.rowOffset(row) && p.gridCol(end - 1) == col;
    }

    /** Each group of an output keeps some, so that no output is dead. */
    private static PatternChange of(NmPattern before, NmPattern now) {
        int[] used = new int[now.groups()];
        long changed = 0;
        for (int row = 0; row < now.rows(); row++) {
            for (int group = 0; group < now.groups(); group++) {
                int places = places(now, row, group);
                used[group] |= places;
                changed += Integer.bitCount(places & ~places(before, row, group));
            }
        }
        int inputs = Arrays.stream(used).map(Integer::bitCount).sum();
        return new PatternChange(changed, changed, 0, now.cols() - inputs);
    }

    private static int places(NmPattern p, int row, int group) {
        int places = 0;
        for (int k = 0; k < p.n(); k++) {
            places |= 1 << p.index(row, group, k);
        }
        return places;
    }
}
