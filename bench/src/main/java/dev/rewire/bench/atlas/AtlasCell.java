package dev.rewire.bench.atlas;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.bench.Pairs;
import org.jspecify.annotations.Nullable;

/**
 * A point as an atlas shows it, from the object that its file holds of it.
 *
 * @param command measures the point alone
 * @param product as on the command line
 * @param structure shape of a block, or N:M
 * @param sparsity share that was not stored, in percent, rounded
 * @param rows outputs
 * @param cols inputs
 * @param batch samples
 * @param medianMs of the sparse product
 * @param ownDenseMs the median of Rewire's own dense product
 * @param plan what the plan of the sparse product says of itself
 * @param againstOwnDense the sparse product beside Rewire's dense one
 * @param dense name of the best dense peer; null without one
 * @param againstDense the sparse product beside that peer
 * @param againstOtherChoice the sparse product beside what its plan did not choose; null where that is out of the question
 * @param disturbed whether something else ran meanwhile
 * @param suspect whether the rate is far below what it should be
 * @param correct whether the result was
 */
public record AtlasCell(
        String command,
        String product,
        String structure,
        int sparsity,
        int rows,
        int cols,
        int batch,
        double medianMs,
        double ownDenseMs,
        String plan,
        Pairs againstOwnDense,
        @Nullable String dense,
        @Nullable Pairs againstDense,
        @Nullable Pairs againstOtherChoice,
        boolean disturbed,
        boolean suspect,
        boolean correct) {
    private static final double LEAST_DIFFERENCE = 1.03;

    /**
     * Reads it.
     *
     * @param json of one measurement
     * @return what it says
     * @throws IllegalArgumentException naming what is missing
     */
    public static AtlasCell of(JsonNode json) {
        JsonNode dense = json.path("against_dense");
        JsonNode other = json.path("against_other_choice");
        return new AtlasCell(
                text(json, "command"),
                text(json, "product"),
                json.path("format").asText().equals("nm") ? text(json, "nm") : text(json, "block"),
                (int) Math.round(100 * number(json, "sparsity")),
                (int) number(json, "rows"),
                (int) number(json, "cols"),
                (int) number(json, "batch"),
                number(json, "median_ms"),
                number(json.path("own_dense"), "median_ms"),
                text(json, "plan"),
                pairs(json.path("against_own_dense")),
                dense.isObject() ? text(dense, "peer") : null,
                dense.isObject() ? pairs(dense) : null,
                other.isObject() ? pairs(other) : null,
                json.path("disturbed").asBoolean(),
                json.path("suspect").asBoolean(),
                number(json, "max_error_over_bound") <= 1);
    }

    private static Pairs pairs(JsonNode json) {
        return new Pairs(
                (int) number(json, "pairs"),
                (int) number(json, "won"),
                (int) number(json, "lost"),
                number(json, "ratio"));
    }

    private static String text(JsonNode json, String name) {
        JsonNode node = json.get(name);
        if (node == null || !node.isTextual()) {
            throw new IllegalArgumentException("no text '" + name + "'");
        }
        return node.textValue();
    }

    private static double number(JsonNode json, String name) {
        JsonNode node = json.get(name);
        if (node == null || !node.isNumber()) {
            throw new IllegalArgumentException("no number '" + name + "'");
        }
        return node.doubleValue();
    }

    /** Inputs and outputs. */
    String shape() {
        return cols + "→" + rows;
    }

    /** Whether the plan chose what is slower, with confidence and by more than the run-to-run difference of the same code. */
    boolean choseTheSlower() {
        return againstOtherChoice != null
                && againstOtherChoice.winner() == Pairs.Winner.SECOND
                && againstOtherChoice.ratio() > LEAST_DIFFERENCE;
    }

    /** Whether the sparse product is slower than Rewire's dense one, with confidence. */
    boolean slowerThanOwnDense() {
        return againstOwnDense.winner() == Pairs.Winner.SECOND && againstOwnDense.ratio() > 1;
    }
}
