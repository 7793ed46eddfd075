package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The gradient of <em>all</em> weights of a layer, {@code dYᵀ·X}, as one L1 norm per block of the grid, prepared: what RigL grows by. It is
 * computed in bands of rows, so the gradient of a whole layer is in memory at no time.
 *
 * <p>The same operands give the same bits for any number of workers. An instance serves one thread at a time.
 */
public final class DenseGradient {
    /** Floats of a band at most: they stay in the second-level cache between the product and the sums. */
    private static final int BAND_FLOATS = 64 * 1024;

    /** The side of a tile of the product: what the SDDMM kernels like best. Tiles hold whole blocks of the grid. */
    private static final int TILE = 16;

    /** Receives the norms of one row of the grid. */
    @FunctionalInterface
    public interface RowSink {
        /**
         * Takes a row.
         *
         * @param gridRow its number; rows come in ascending order
         * @param norms the norm of each block of the row, from 0 to gridCols − 1; the receiver may change them, and they are overwritten after this call
         */
        void accept(int gridRow, float[] norms);
    }

    private final int rows;
    private final int cols;
    private final int blockRows;
    private final int blockCols;
    private final int bandRows;
    private final int tileRows;
    private final int tileCols;
    private final int tilesOfRow;
    private final Workers workers;
    private final BlockSparseMatrix band;
    private final SddmmPlan bandPlan;
    private final BlockSparseMatrix lastBand;
    private final SddmmPlan lastBandPlan;
    private final float[][] copies;
    private final float[][] norms;

    private DenseGradient(KernelArena arena, BlockPattern grid, int batch, Workers workers) {
        this.rows = grid.rows();
        this.cols = grid.cols();
        this.blockRows = grid.blockRows();
        this.blockCols = grid.blockCols();
        this.workers = workers;
        tileRows = blockRows * Math.max(1, TILE / blockRows);
        tileCols = blockCols * Math.max(1, TILE / blockCols);
        tilesOfRow = (grid.cols() + tileCols - 1) / tileCols;
        int floatsOfTileRow = Math.max(1, tilesOfRow) * tileCols * tileRows;
        bandRows = tileRows * Math.max(1, BAND_FLOATS / floatsOfTileRow);
        int lastRows = rows - Math.max(0, (rows - 1) / bandRows) * bandRows;

        lastBand = BlockSparseMatrix.allocate(arena, BlockPattern.full(lastRows, grid.cols(), tileRows, tileCols));
        lastBandPlan = SddmmPlan.backwardWeight(arena, lastBand, batch, Layout.PANELS, false, workers);
        boolean single = lastRows == rows;
        band = single
                ? lastBand
                : BlockSparseMatrix.allocate(arena, BlockPattern.full(bandRows, grid.cols(), tileRows, tileCols));
        bandPlan = single ? lastBandPlan : SddmmPlan.backwardWeight(arena, band, batch, Layout.PANELS, false, workers);
        copies = new float[workers.threads()][floatsOfTileRow];
        norms = new float[bandRows / blockRows][tilesOfRow * (tileCols / blockCols)];
    }

    /**
     * Prepares the gradient of a layer.
     *
     * @param arena where the scratch of one band comes from
     * @param grid shape and block of the weights, outputs × inputs; which blocks it stores does not matter
     * @param batch samples, at least 0
     * @param workers who computes
     * @return the prepared gradient
     * @throws IllegalArgumentException if an argument does not fit
     */
    public static DenseGradient prepare(KernelArena arena, BlockPattern grid, int batch, Workers workers) {
        return new DenseGradient(arena, grid, batch, workers);
    }

    /**
     * Computes the gradient and hands out its norms, row after row of the grid.
     *
     * @param dy dY, batch × outputs
     * @param x X, batch × inputs
     * @param sink who receives the norms, on the calling thread
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public void run(PanelMatrix dy, PanelMatrix x, RowSink sink) {
        Check.equal("dy.cols", dy.cols(), rows, "rows of the weights");
        for (int from = 0; from < rows; from += bandRows) {
            boolean last = from + bandRows >= rows;
            BlockSparseMatrix values = last ? lastBand : band;
            int to = last ? rows : from + bandRows;
            // All bands but the last are whole tiles, and behind the last one lies the padding: no tile sees features
            // of another band.
            (last ? lastBandPlan : bandPlan).run(dy.features(from, to), x);
            MemorySegment memory = values.values();
            workers.run(values.pattern().gridRows(), (tileRow, worker) -> sumTileRow(memory, tileRow, copies[worker]));
            int gridRows = (to - from + blockRows - 1) / blockRows;
            for (int row = 0; row < gridRows; row++) {
                sink.accept(from / blockRows + row, norms[row]);
            }
        }
    }

    private void sumTileRow(MemorySegment memory, int tileRow, float[] copy) {
        int floats = tilesOfRow * tileRows * tileCols;
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, (long) tileRow * floats * Float.BYTES, copy, 0, floats);
        int gridRowsOfTile = tileRows / blockRows;
        for (int i = 0; i < gridRowsOfTile; i++) {
            float[] row = norms[tileRow * gridRowsOfTile + i];
            if (blockRows == 1 && blockCols == 1) {
                magnitudes(copy, i, row);
            } else {
                sums(copy, i, row);
            }
        }
    }

    private void magnitudes(float[] copy, int rowOfTile, float[] target) {
        for (int tile = 0; tile < tilesOfRow; tile++) {
            int from = (tile * tileRows + rowOfTile) * tileCols;
            int to = tile * tileCols;
            for (int col = 0; col < tileCols; col++) {
                target[to + col] = Math.abs(copy[from + col]);
            }
        }
    }

    private void sums(float[] copy, int gridRowOfTile, float[] target) {
        int gridColsOfTile = tileCols / blockCols;
        for (int tile = 0; tile < tilesOfRow; tile++) {
            for (int gridCol = 0; gridCol < gridColsOfTile; gridCol++) {
                float sum = 0;
                for (int row = 0; row < blockRows; row++) {
                    int from = (tile * tileRows + gridRowOfTile * blockRows + row) * tileCols + gridCol * blockCols;
                    sum += BlockNorms.l1(copy, from, blockCols);
                }
                target[tile * gridColsOfTile + gridCol] = sum;
            }
        }
    }

    @Override
    public String toString() {
        return "DenseGradient of " + rows + "×" + cols + " in blocks of " + blockRows + "×" + blockCols;
    }
}
