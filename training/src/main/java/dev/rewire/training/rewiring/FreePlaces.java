package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseGradient.RowSink;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.random.CounterRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The places of a weight matrix at which a rewiring may grow: those that are not stored, after some were dropped. A place is a block of the matrix, which for single
 * weights is 1×1; its cell is {@code gridRow · gridCols + gridCol}, rows being outputs and columns inputs.
 */
public final class FreePlaces {
    private final BlockExchange exchange;
    private final GradientScores.@Nullable Pass gradient;
    private final @Nullable SampledGradient sampled;
    private final CounterRandom random;

    /** Takes a place and its score. */
    @FunctionalInterface
    public interface Scores {
        /**
         * Takes a score.
         *
         * @param cell a free place
         * @param norm L1 norm of the loss's gradient there, at least 0 or NaN
         */
        void accept(int cell, float norm);
    }

    FreePlaces(
            BlockExchange exchange,
            GradientScores.@Nullable Pass gradient,
            @Nullable SampledGradient sampled,
            CounterRandom random) {
        this.exchange = exchange;
        this.gradient = gradient;
        this.sampled = sampled;
        this.random = random;
    }

    /** {@return rows of places} */
    public int gridRows() {
        return exchange.old().gridRows();
    }

    /** {@return places of a row} */
    public int gridCols() {
        return exchange.old().gridCols();
    }

    /** {@return how many blocks were stored before some were dropped} */
    public int stored() {
        return exchange.old().blocks();
    }

    /** {@return what is stored after some were dropped} */
    public BlockPattern kept() {
        return exchange.kept();
    }

    /** {@return how many places are free} */
    public int count() {
        return exchange.free();
    }

    /**
     * Whether a place is free.
     *
     * @param cell 0 to gridRows · gridCols − 1
     * @return whether it may be chosen
     */
    public boolean isFree(int cell) {
        return exchange.isFree(cell);
    }

    /**
     * Finds free places by their numbers.
     *
     * @param ordinals which of the free places, ascending, each 0 to {@link #count} − 1
     * @return their cells, ascending
     */
    public int[] cells(int[] ordinals) {
        return exchange.freeCells(ordinals);
    }

    /**
     * Draws places by their ends, output and input each uniformly, so that it takes time and memory for as many as are drawn, whatever the matrix has. What is not free, and what was drawn
     * before, is left out.
     *
     * @param draws how many are drawn, at least 0
     * @return the cells that are left, ascending
     */
    public int[] draw(int draws) {
        int[] ofRow = new int[gridRows()];
        for (int i = 0; i < draws; i++) {
            ofRow[random.nextInt(ofRow.length)]++;
        }
        int[] cells = new int[draws];
        int[] cols = new int[Arrays.stream(ofRow).max().orElse(0)];
        int count = 0;
        for (int row = 0; row < ofRow.length; row++) {
            for (int i = 0; i < ofRow[row]; i++) {
                cols[i] = random.nextInt(gridCols());
            }
            Arrays.sort(cols, 0, ofRow[row]);
            count = exchange.pickFree(row, cols, ofRow[row], cells, count);
        }
        return Arrays.copyOf(cells, count);
    }

    /** {@return random numbers that belong to this choice: a function of the seed, the weights and the step} */
    public CounterRandom random() {
        return random;
    }

    /**
     * Scores all free places by the gradient of the loss, which costs a dense product; for rules that {@linkplain GrowRule#usesGradient use it}.
     *
     * @param scores takes them, in ascending order of cells
     * @throws IllegalStateException if the rule does not say that it uses gradients
     */
    public void gradient(Scores scores) {
        int gridCols = gridCols();
        gradientRows((firstCell, norms) -> {
            for (int col = 0; col < gridCols; col++) {
                // Not free are negative ones; a NaN is not.
                if (!(norms[col] < 0)) {
                    scores.accept(firstCell + col, norms[col]);
                }
            }
        });
    }

    /**
     * Scores some places by the gradient of the loss, which costs what products with as many weights do; for rules with a {@linkplain GrowRule#sampledShare share of places} to look at.
     *
     * @param cells free places, ascending, each once; at most as many as that share of the stored blocks, or as grow
     * @return the L1 norm of the gradient at each
     * @throws IllegalStateException if the rule has no such share
     */
    public float[] gradientAt(int[] cells) {
        if (sampled == null) {
            throw new IllegalStateException("gradientAt: is not computed for a rule whose sampledShare() is 0");
        }
        return sampled.norms(cells);
    }

    /** A row of scores, with −1 where a place is not free. */
    void markTaken(int gridRow, float[] scores) {
        exchange.markStored(gridRow, scores);
    }

    /** The same row by row, from the first cell of each on; where a place is not free, −1. */
    void gradientRows(RowSink rows) {
        if (gradient == null) {
            throw new IllegalStateException("gradient: is not computed for a rule whose usesGradient() is false");
        }
        gradient.run((gridRow, norms) -> {
            exchange.markStored(gridRow, norms);
            rows.accept(gridRow * gridCols(), norms);
        });
    }
}
