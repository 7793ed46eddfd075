package dev.rewire.training.cli.runs;

import dev.rewire.kernels.BlockPattern;
import java.util.Arrays;

/** Where a matrix has elements, coarsely. */
final class Density {
    private Density() {}

    /** Shares of the places that are stored: of outputs from top to bottom, of inputs from left to right, in cells of a grid of a side at most. */
    static double[][] of(BlockPattern pattern, int most) {
        int height = Math.min(most, pattern.rows());
        int width = Math.min(most, pattern.cols());
        double[][] shares = new double[height][width];
        forEach(pattern, (row, col) -> shares[cell(row, pattern.rows(), height)][cell(col, pattern.cols(), width)]++);
        long[] rowsOf = sizes(pattern.rows(), height);
        long[] colsOf = sizes(pattern.cols(), width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                shares[y][x] /= rowsOf[y] * colsOf[x];
            }
        }
        return shares;
    }

    /** How many elements each column has. */
    static int[] ofColumns(BlockPattern pattern) {
        int[] counts = new int[pattern.cols()];
        forEach(pattern, (row, col) -> counts[col]++);
        return counts;
    }

    private static int cell(int place, int places, int cells) {
        return (int) ((long) place * cells / places);
    }

    private static long[] sizes(int places, int cells) {
        long[] sizes = new long[cells];
        for (int place = 0; place < places; place++) {
            sizes[cell(place, places, cells)]++;
        }
        return sizes;
    }

    private interface Element {
        void at(int row, int col);
    }

    private static void forEach(BlockPattern p, Element element) {
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int lastRow = Math.min(p.rows(), (gridRow + 1) * p.blockRows());
            for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                int firstCol = p.gridCol(block) * p.blockCols();
                int lastCol = Math.min(p.cols(), firstCol + p.blockCols());
                for (int row = gridRow * p.blockRows(); row < lastRow; row++) {
                    for (int col = firstCol; col < lastCol; col++) {
                        element.at(row, col);
                    }
                }
            }
        }
    }

    /** The largest. */
    static double most(double[][] shares) {
        return Arrays.stream(shares).flatMapToDouble(Arrays::stream).max().orElse(0);
    }
}
