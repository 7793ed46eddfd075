package dev.rewire.kernels;

/**
 * What a stored value costs in a product, in the time that a place of a dense matrix takes with as many samples. Measured on AMD Zen 4 with 512 bits, 1024×1024, 60 %
 * stored, batch 256, in turns with the dense product (docs/performance.md, "Never slower than dense").
 */
final class CostModel {
    /** Samples with which a place takes as long as to copy a stored value among zeros, or to bring a gradient back. */
    private static final double SAMPLES_OF_COPY = 64;

    private static final double SAMPLES_OF_GATHER = 45;

    /** The same of each place, where whole lines of single elements are copied. */
    private static final double SAMPLES_OF_LINE = 12;

    /** Fewer samples are bound by memory, and dense values more so. */
    private static final int LEAST_SAMPLES = 16;

    /** Of N:M, whose elements lie near each other, and of rows that share their places. */
    private static final double NM = 1.4;

    private static final double NM_SHARED = 1.15;

    /** Of single elements by columns, whose values are copied into that order first. */
    private static final double SCATTERED_COLUMNS = 2.05;

    /** From this size on, blocks are as fast as a dense matrix. */
    private static final int LARGE_BLOCK = 32;

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
        if (batch < LEAST_SAMPLES) {
            return 0;
        }
        double cost = switch (w) {
            case BlockPattern blocks ->
                transposed
                        ? costOfSpmm(blocks.blockCols(), blocks.blockRows(), SCATTERED_COLUMNS)
                        : costOfSpmm(blocks.blockRows(), blocks.blockCols(), 1.65);
            case NmPattern nm when transposed && !nm.isTransposable() -> SCATTERED_COLUMNS;
            case NmPattern nm -> transposed || nm.sharedRows() == 1 ? NM : NM_SHARED;
        };
        boolean byLines = !(w instanceof BlockPattern blocks && blocks.blockRows() * blocks.blockCols() > 1);
        double copying = byLines ? SAMPLES_OF_LINE : w.density() * SAMPLES_OF_COPY;
        return w.density() * cost / (1 + copying / batch);
    }

    /** A sample is loaded for each output of a block. */
    private static double costOfSpmm(int outputs, int inputs, double ofOne) {
        return switch (outputs) {
            case 1 -> inputs == 1 ? ofOne : inputs < 4 ? 1.65 : 1.5;
            case 2 -> 1.12;
            default -> outputs * inputs >= LARGE_BLOCK ? 1 : 1.03;
        };
    }

    /**
     * The same of the product backward to the weights.
     *
     * @param dw places of what is written
     * @param batch samples
     * @return above 1 where it is faster to compute all and keep what is stored
     */
    static double sddmm(SparsePattern dw, int batch) {
        if (batch < LEAST_SAMPLES) {
            return 0;
        }
        return dw.density() * costOfSddmm(dw.asBlocks()) / (1 + dw.density() * SAMPLES_OF_GATHER / batch);
    }

    private static double costOfSddmm(BlockPattern blocks) {
        int rows = blocks.blockRows();
        int cols = blocks.blockCols();
        if (rows * cols == 1) {
            return SddmmTiles.pay(blocks) ? 1.95 : 3;
        }
        if (rows * cols >= LARGE_BLOCK && Math.min(rows, cols) > 1) {
            return 1;
        }
        return rows == 1 ? 2.6 : cols == 1 ? 1.8 : Math.min(rows, cols) == 2 ? 1.55 : 1.2;
    }
}
