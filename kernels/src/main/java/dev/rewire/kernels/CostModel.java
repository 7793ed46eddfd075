package dev.rewire.kernels;

/**
 * What products cost, in the time that a place of a dense matrix takes with as many samples. Rates were measured on AMD Zen 4 and Intel Emerald Rapids, with 512
 * bits (docs/performance.md, "Never slower than dense"); those of the slower one are here. With 256 bits stored values do better.
 */
final class CostModel {
    /** Samples with which copying a stored value to its place among zeros takes as long as multiplying a place. */
    private static final double SAMPLES_OF_COPY = 64;

    /** Fewer samples are bound by memory, and dense values more so. */
    private static final int LEAST_SAMPLES = 16;

    private CostModel() {}

    /**
     * The time of stored values over that of a dense matrix.
     *
     * @param w places of the weights
     * @param transposed whether the product is backward to the input
     * @param batch samples
     * @return above 1 where the dense matrix is faster
     */
    static double spmm(SparsePattern w, boolean transposed, int batch) {
        double density = w.density();
        if (batch < LEAST_SAMPLES || density == 0) {
            return 0;
        }
        return density * costOfSpmm(w, transposed) / (1 + copying(density, batch));
    }

    private static double costOfSpmm(SparsePattern pattern, boolean transposed) {
        return switch (pattern) {
            case BlockPattern blocks ->
                transposed
                        ? costOfBlock(blocks.blockCols(), blocks.blockRows())
                        : costOfBlock(blocks.blockRows(), blocks.blockCols());
            case NmPattern nm when transposed && !nm.isTransposable() -> SCATTERED;
            case NmPattern nm -> transposed || nm.sharedRows() == 1 ? NM : NM_SHARED;
        };
    }

    /** Of single elements. */
    private static final double SCATTERED = 1.8;

    /** Of N:M, whose elements lie near each other, and of rows that share their places. */
    private static final double NM = 1.35;

    private static final double NM_SHARED = 1.15;

    /** A sample is loaded for each output of a block, and addresses computed for each block. */
    private static double costOfBlock(int outputs, int inputs) {
        if (outputs == 1) {
            return inputs == 1 ? SCATTERED : 1.6;
        }
        return outputs * inputs < 8 ? 1.2 : 1;
    }

    /**
     * The same of the product backward to the weights.
     *
     * @param dw places of what is written
     * @param batch samples
     */
    static double sddmm(SparsePattern dw, int batch) {
        double density = dw.density();
        if (batch < LEAST_SAMPLES || density == 0) {
            return 0;
        }
        BlockPattern blocks = dw.asBlocks();
        return density * costOfBlockOfSddmm(blocks) / (1 + copying(density, batch));
    }

    private static double costOfBlockOfSddmm(BlockPattern blocks) {
        int rows = blocks.blockRows();
        int cols = blocks.blockCols();
        if (rows * cols == 1) {
            return SddmmTiles.pay(blocks) ? 1.9 : 3;
        }
        return Math.min(rows, cols) < 3 ? 3 : rows * cols < 64 ? 1.2 : 1;
    }

    private static double copying(double density, int batch) {
        return density * SAMPLES_OF_COPY / batch;
    }
}
