package dev.rewire.bench.suite;

import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmSettings;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * One product to measure, on a generated matrix.
 *
 * @param section where it belongs
 * @param rows outputs
 * @param cols inputs
 * @param structure which elements are stored
 * @param settings how it is measured; the pattern has the same seed
 */
public record Point(Section section, int rows, int cols, Structure structure, SpmmSettings settings) {
    /**
     * The sparse matrix.
     *
     * @return generated anew
     */
    public SparseInput input() {
        return structure.generate(rows, cols, settings.seed());
    }

    /**
     * What measures this point alone.
     *
     * @return a command line
     */
    public String command() {
        return command(structure.options());
    }

    /** The same with other options in place of the structure's. */
    String command(String structureOptions) {
        return "./rewire spmm --rows " + rows + " --cols " + cols + " " + structureOptions + " --batch "
                + settings.batch() + " --product " + settings.product() + " --layout " + layout() + " --threads "
                + settings.threads() + " --pattern-seed " + settings.seed() + " --seconds "
                + BigDecimal.valueOf(settings.seconds()).stripTrailingZeros().toPlainString() + " --peers "
                + (settings.peers().isEmpty() ? "none" : String.join(",", settings.peers()));
    }

    /** The layout as on the command line. */
    String layout() {
        return settings.layout().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * A few words.
     *
     * @return what is measured
     */
    public String label() {
        return settings.product() + " " + cols + "→" + rows + ", " + structure.label() + ", batch " + settings.batch()
                + ", " + layout();
    }
}
