package dev.rewire.bench.compare;

import dev.rewire.training.cli.page.Html;
import java.util.Locale;

/**
 * What tells a point from the others of a file.
 *
 * @param product as on the command line
 * @param structure shape of a block, or N:M and what else is said of it
 * @param layout of the dense operands
 * @param values how the weights are stored
 * @param device where it was computed
 * @param rows outputs
 * @param cols inputs
 * @param batch samples
 * @param threads of each contender
 * @param stored elements of the sparse matrix
 */
public record PointKey(
        String product,
        String structure,
        String layout,
        String values,
        String device,
        int rows,
        int cols,
        int batch,
        int threads,
        long stored) {
    /** For people, each part of it. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %d→%d, %s, %s sparse, batch %d, %s, %s, %s, %d %s",
                product,
                cols,
                rows,
                structure,
                Html.percent(1 - stored / ((double) rows * cols)),
                batch,
                layout,
                values,
                device,
                threads,
                threads == 1 ? "thread" : "threads");
    }
}
