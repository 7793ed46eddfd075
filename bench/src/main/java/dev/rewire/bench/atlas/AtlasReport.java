package dev.rewire.bench.atlas;

import dev.rewire.bench.Pairs.Winner;
import java.util.Comparator;
import java.util.List;

/**
 * An atlas as far as it was measured.
 *
 * @param cells what was measured
 * @param points how many there are when it is whole
 * @param threads of each contender
 */
public record AtlasReport(List<AtlasCell> cells, int points, int threads) {
    /** Sorts: a run measures in an order of its own. */
    public AtlasReport {
        cells = cells.stream()
                .sorted(Comparator.comparingInt(AtlasReport::place)
                        .thenComparing(AtlasCell::structure, AtlasReport::byStructure)
                        .thenComparingLong(cell -> (long) cell.rows() * cell.cols())
                        .thenComparingInt(AtlasCell::rows)
                        .thenComparingInt(AtlasCell::sparsity)
                        .thenComparingInt(AtlasCell::batch))
                .toList();
    }

    private static int place(AtlasCell cell) {
        return List.of("forward", "backward-input", "backward-weight").indexOf(cell.product());
    }

    /** Small blocks first, N:M last. */
    private static int byStructure(String a, String b) {
        return Comparator.<String>comparingInt(each -> each.contains(":") ? 1 : 0)
                .thenComparingInt(String::length)
                .thenComparing(Comparator.naturalOrder())
                .compare(a, b);
    }

    /**
     * Points whose sparse product is slower than the dense one of Rewire.
     *
     * @return the worst first
     */
    public List<AtlasCell> slowerThanOwnDense() {
        return cells.stream()
                .filter(AtlasCell::slowerThanOwnDense)
                .sorted(Comparator.comparingDouble(
                        cell -> -cell.againstOwnDense().ratio()))
                .toList();
    }

    /**
     * Points whose plan chose, of stored values and a dense matrix, what is slower.
     *
     * @return the worst first
     */
    public List<AtlasCell> choseTheSlower() {
        return cells.stream()
                .filter(AtlasCell::choseTheSlower)
                .sorted(Comparator.comparingDouble(cell -> cell.againstOtherChoice() == null
                        ? 0
                        : -cell.againstOtherChoice().ratio()))
                .toList();
    }

    /**
     * How often plans choose the faster of stored values and a dense matrix.
     *
     * @return a share of the points; NaN without any
     */
    public double choseTheFaster() {
        return 1 - (double) choseTheSlower().size() / cells.size();
    }

    /**
     * Points with an outcome beside the best dense peer.
     *
     * @param winner who wins, the first being the sparse product
     * @return how many
     */
    public long against(Winner winner) {
        return cells.stream()
                .map(AtlasCell::againstDense)
                .filter(pairs -> pairs != null && pairs.winner() == winner)
                .count();
    }

    /**
     * Points that something else on the machine got in the way of.
     *
     * @return how many
     */
    public long disturbed() {
        return cells.stream().filter(AtlasCell::disturbed).count();
    }

    /**
     * Points whose rate is far below what it should be.
     *
     * @return how many
     */
    public long suspect() {
        return cells.stream().filter(AtlasCell::suspect).count();
    }

    /**
     * Whether every result that was timed is correct.
     *
     * @return whether each is within its error bound
     */
    public boolean correct() {
        return cells.stream().allMatch(AtlasCell::correct);
    }
}
