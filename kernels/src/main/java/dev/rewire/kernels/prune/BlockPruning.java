package dev.rewire.kernels.prune;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;

/** Block patterns of a dense matrix, chosen by magnitude. */
public final class BlockPruning {
    private BlockPruning() {}

    /**
     * Keeps an exact number of blocks: those with the largest L1 norms, the sums of their magnitudes. A NaN is larger than any number, and of equal
     * blocks the one that comes first by grid row, then by grid column, is kept. Norms are computed in 64-bit floats. Blocks of 1×1 make
     * it unstructured pruning.
     *
     * @param dense rows × cols
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blocks how many to keep, 0 to the size of the grid
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     * @throws IllegalStateException if the arena of the matrix is closed
     */
    public static BlockPattern magnitude(DenseMatrix dense, int blockRows, int blockCols, int blocks) {
        int most = Integer.MAX_VALUE - BlockPattern.MAX_BLOCK;
        Check.range("dense.rows", dense.rows(), 0, most);
        Check.range("dense.cols", dense.cols(), 0, most);
        Check.range("blockRows", blockRows, 1, BlockPattern.MAX_BLOCK);
        Check.range("blockCols", blockCols, 1, BlockPattern.MAX_BLOCK);
        int gridRows = Math.ceilDiv(dense.rows(), blockRows);
        int gridCols = Math.ceilDiv(dense.cols(), blockCols);
        long cells = (long) gridRows * gridCols;
        Check.range("blocks of the grid", cells, 0, Integer.MAX_VALUE - 8);
        Check.range("blocks", blocks, 0, cells);
        Check.alive("dense", dense);
        boolean[] kept = Largest.of(norms(dense, blockRows, blockCols, (int) cells), blocks);
        int[] offsets = new int[gridRows + 1];
        int[] columns = new int[blocks];
        int block = 0;
        for (int row = 0, cell = 0; row < gridRows; row++) {
            for (int col = 0; col < gridCols; col++) {
                if (kept[cell++]) {
                    columns[block++] = col;
                }
            }
            offsets[row + 1] = block;
        }
        return BlockPattern.of(dense.rows(), dense.cols(), blockRows, blockCols, offsets, columns);
    }

    private static double[] norms(DenseMatrix dense, int blockRows, int blockCols, int cells) {
        double[] norms = new double[cells];
        RowReader reader = new RowReader(dense);
        int gridCols = Math.ceilDiv(dense.cols(), blockCols);
        for (int row = 0; row < dense.rows(); row++) {
            float[] elements = reader.read(row);
            int cell = row / blockRows * gridCols;
            for (int col = 0; col < elements.length; cell++) {
                double sum = 0;
                for (int end = Math.min(elements.length, col + blockCols); col < end; col++) {
                    sum += Math.abs(elements[col]);
                }
                norms[cell] += sum;
            }
        }
        return norms;
    }
}
