package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider;

/**
 * What a stored value costs in a product, in the time that a place of a dense matrix takes with as many samples. Measured on AMD Zen 4 with 512 bits, 1024×1024, 60 %
 * stored, batch 256, and gradients of 1 to 256 samples (2026-11-26), in turns with the dense product (docs/performance.md, "Never slower than dense"). On Intel those of forward products were seen
 * to choose right but for 3:4 and backward 2:4; those of gradients have not been tried there.
 */
final class CostModel {
    /** Samples with which a place takes as long as to copy a stored value among zeros, or of whole lines, of blocks of one row, each place. */
    private static final double SAMPLES_OF_COPY = 64;

    private static final double SAMPLES_OF_EXPANDING = 8;

    /** The same of bringing a gradient back from among all. */
    private static final double SAMPLES_OF_GATHER = 53;

    private static final double SAMPLES_OF_COMPRESSING = 2.5;

    /** The same where the values are added to what is there, as those of all turns of samples but the first are. */
    private static final double SAMPLES_OF_ADDING = 12;

    /** The same of copying a single element into the order of columns. */
    private static final double SAMPLES_OF_ORDERING = 49;

    /** The same of a run that computes all gradients, and of adding up the lanes of a stored one, in tiles or by rows. */
    private static final double SAMPLES_OF_DENSE = 3;

    /** All gradients of more samples than a turn has: panels come from memory in bursts (2:4, 3072×768, batch 512: 29 ms, and 20 by the stored values alone). */
    private static final double OF_MANY_SAMPLES = 1.2;

    private static final double SAMPLES_OF_SUM = 50;

    private static final double SAMPLES_OF_SUM_OF_ONE = 80;

    private static final double SAMPLES_OF_SUM_OF_SQUARES = 100;

    /** Of blocks that are whole vectors, from repeated inputs and gradients. */
    private static final double WHOLE_BLOCK = 1.35;

    private static final double SAMPLES_OF_WHOLE_BLOCK = 3.5;

    /** Of a single element, sample after sample. */
    private static final double SAMPLES_OF_ONE = 30;

    /** Fewer samples go by kernels of their own, which read the weights and little else. */
    private static final int LEAST_SAMPLES = 4;

    /** Samples that are computed at least. */
    private static final int LANES = 16;

    /** Of N:M, whose elements lie near each other, and of rows that share their places. */
    private static final double NM = 1.4;

    private static final double NM_SHARED = 1.15;

    /** Of single elements by columns. */
    private static final double SCATTERED_COLUMNS = 1.85;

    /** Of 2:4 by columns, rows that keep the same two together, and the same of copying a value into their order. */
    private static final double PAIRED = 1.12;

    private static final double SAMPLES_OF_PAIRING = 80;

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
        int samples = Math.max(batch, LANES);
        double scattered = SCATTERED_COLUMNS + SAMPLES_OF_ORDERING / samples;
        double cost = switch (w) {
            case BlockPattern blocks ->
                transposed
                        ? costOfSpmm(blocks.blockCols(), blocks.blockRows(), scattered)
                        : costOfSpmm(blocks.blockRows(), blocks.blockCols(), 1.65);
            case NmPattern nm
            when transposed && !nm.isTransposable() ->
                PairedWeights.fit(nm, batch) ? PAIRED + SAMPLES_OF_PAIRING / samples : scattered;
            case NmPattern nm -> transposed || nm.sharedRows() == 1 ? NM : NM_SHARED;
        };
        boolean byLines = !(w instanceof BlockPattern blocks) || Lines.fit(blocks);
        double density = density(w);
        double copying = byLines ? SAMPLES_OF_EXPANDING : density * SAMPLES_OF_COPY;
        return density * cost / (1 + copying / samples);
    }

    /** Of blocks the share that is stored: what they have outside of the matrix, a dense one in blocks has, too. */
    private static double density(SparsePattern w) {
        if (!(w instanceof BlockPattern blocks)) {
            return w.density();
        }
        double cells = (double) blocks.gridRows() * blocks.gridCols();
        return cells == 0 ? 0 : blocks.blocks() / cells;
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
     * The same of the product backward to the weights. Times are counted in samples: those that all places take as long for, computed as sums of outer products.
     *
     * @param dw places of what is written
     * @param batch samples
     * @return above 1 where it is faster to compute all and keep what is stored
     */
    static double sddmm(SparsePattern dw, int batch) {
        KernelProvider kernels = Providers.active();
        BlockPattern blocks = dw.asBlocks();
        if (batch == 0
                || kernels.vectorBits() <= Float.SIZE
                || kernels.paysOuterSddmm(blocks.blockRows(), blocks.blockCols())) {
            return 0;
        }
        boolean byLines = Lines.fit(blocks) && kernels.vectorBits() == Lines.PLACES * Float.SIZE;
        double turns = Math.ceil((double) batch / OuterSddmm.FEW_SAMPLES);
        double taking = byLines
                ? SAMPLES_OF_COMPRESSING + (turns - 1) * SAMPLES_OF_ADDING
                : turns * dw.density() * SAMPLES_OF_GATHER;
        double dense = batch + SAMPLES_OF_DENSE + taking;
        double slowdown = batch > OuterSddmm.FEW_SAMPLES ? OF_MANY_SAMPLES : 1;
        return dw.density() * samplesOfSddmm(dw, blocks, batch) / (dense * slowdown);
    }

    /** For each stored value its products, and its sum over the lanes. */
    private static double samplesOfSddmm(SparsePattern dw, BlockPattern blocks, int batch) {
        int rows = blocks.blockRows();
        int cols = blocks.blockCols();
        if (WholeBlockSddmm.pays(blocks, batch)) {
            return batch * WHOLE_BLOCK + SAMPLES_OF_WHOLE_BLOCK;
        }
        if (batch <= Providers.active().fewSamples(rows * cols)) {
            return batch * SAMPLES_OF_ONE;
        }
        if (rows * cols == 1) {
            if (dw instanceof NmPattern nm) {
                boolean bySquares = PanelMatrix.lanesFor(batch) == 64
                        && SquareOrder.suits(nm)
                        && Providers.active().vectorBits() == 512;
                return bySquares ? batch * 1.2 + SAMPLES_OF_SUM_OF_SQUARES : batch * 1.65 + SAMPLES_OF_SUM_OF_ONE;
            }
            return batch * (SddmmTiles.pay(blocks) ? 2.1 : 3) + SAMPLES_OF_SUM_OF_ONE;
        }
        return batch * costOfSddmm(rows, cols) + SAMPLES_OF_SUM;
    }

    private static double costOfSddmm(int rows, int cols) {
        if (rows * cols >= LARGE_BLOCK && Math.min(rows, cols) > 1) {
            return 1;
        }
        return rows == 1 ? 2.9 : cols == 1 ? 2 : Math.min(rows, cols) == 2 ? 1.55 : 1.15;
    }
}
