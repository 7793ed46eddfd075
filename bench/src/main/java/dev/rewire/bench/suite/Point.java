package dev.rewire.bench.suite;

import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.kernels.Layout;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * One product to measure, on a generated matrix.
 *
 * @param section where it belongs
 * @param rows outputs
 * @param cols inputs
 * @param blockRows rows of a block
 * @param blockCols columns of a block
 * @param sparsity share of the blocks that is not stored
 * @param settings how it is measured; the pattern has the same seed
 */
public record Point(
        Section section, int rows, int cols, int blockRows, int blockCols, double sparsity, SpmmSettings settings) {
    /** The sparse matrix. */
    SparseInput input() {
        return SparseInput.generated(rows, cols, blockRows, blockCols, sparsity, settings.seed());
    }

    /**
     * The block's shape.
     *
     * @return as on the command line
     */
    public String block() {
        return blockRows + "x" + blockCols;
    }

    /**
     * What measures this point alone.
     *
     * @return a command line
     */
    public String command() {
        return command(BigDecimal.valueOf(sparsity).stripTrailingZeros().toPlainString(), block());
    }

    /** The same with something else in place of two of the values. */
    String command(String sparsityText, String blockText) {
        return "./rewire spmm --rows " + rows + " --cols " + cols + " --block " + blockText + " --sparsity "
                + sparsityText + " --batch " + settings.batch() + " --product " + settings.product() + " --layout "
                + layout() + " --threads " + settings.threads() + " --pattern-seed " + settings.seed() + " --seconds "
                + BigDecimal.valueOf(settings.seconds()).stripTrailingZeros().toPlainString() + " --peers "
                + (settings.peers().isEmpty() ? "none" : String.join(",", settings.peers()));
    }

    /** The layout as on the command line. */
    String layout() {
        return settings.layout().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether our dense operands are panels. */
    boolean panels() {
        return settings.layout() == Layout.PANELS;
    }

    /**
     * A few words.
     *
     * @return what is measured
     */
    public String label() {
        return String.format(
                Locale.ROOT,
                "%s %d→%d, %s, %s %%, batch %d, %s",
                settings.product(),
                cols,
                rows,
                block(),
                BigDecimal.valueOf(100 * sparsity).stripTrailingZeros().toPlainString(),
                settings.batch(),
                layout());
    }
}
