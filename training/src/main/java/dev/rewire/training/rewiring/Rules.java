package dev.rewire.training.rewiring;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is dropped and where connections grow.
 *
 * @param text stands for the rules in a checkpoint, which holds no code: a line that is not empty. Those of Rewire are read by {@link #parse}
 * @param drop what is dropped
 * @param grow where connections grow
 */
public record Rules(String text, DropRule drop, GrowRule grow) {
    private static final Set<String> NAMES = Set.of("none", "set", "rigl", "snfs", "srigl", "gse", "chts");

    /** Those of SET: by magnitude, at random. */
    public static final Rules SET = parse("set");

    /** Those of RigL: by magnitude, by gradient. */
    public static final Rules RIGL = parse("rigl");

    /** Those of CHTs: by chance, by topology. */
    public static final Rules CHTS = parse("chts");

    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if it is empty, of several lines, or the name of others
     */
    public Rules {
        Objects.requireNonNull(drop, "drop: null; accepted are rules");
        Objects.requireNonNull(grow, "grow: null; accepted are rules");
        boolean taken = NAMES.contains(name(text)) && !(grow.equals(growOf(text)) && drop.equals(dropOf(text)));
        if (taken || text.isEmpty() || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException(
                    "text: '" + text
                            + "' is not accepted; accepted is a line that is not empty, nor starts with the name of other rules: none, set, rigl, snfs, srigl, gse, chts");
        }
    }

    /**
     * Those of RigL, by the sum of several gradients.
     *
     * @param steps how many, at least 2
     * @return by magnitude, {@link GrowRule.Accumulated}
     * @throws IllegalArgumentException if there are fewer
     */
    public static Rules rigl(int steps) {
        return parse("rigl:" + steps);
    }

    /**
     * Those of SNFS.
     *
     * @param decay β of the momentum, or β1 of Adam
     * @param squareDecay β2 of Adam, or 0
     * @return by magnitude, {@link GrowRule.Momentum}
     * @throws IllegalArgumentException if a number is out of range
     */
    public static Rules snfs(double decay, double squareDecay) {
        return parse("snfs:" + decay + ":" + squareDecay);
    }

    /**
     * Those of SRigL.
     *
     * @param gamma γ, outputs with fewer salient connections than this share are ablated
     * @return by magnitude, {@link GrowRule.FanIn}
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Rules srigl(double gamma) {
        return parse("srigl:" + gamma);
    }

    /**
     * Those of GSE.
     *
     * @param gamma γ, places that are drawn for each stored block
     * @return by magnitude, {@link GrowRule.Sampled}
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Rules gse(double gamma) {
        return parse("gse:" + gamma);
    }

    /**
     * Reads rules of Rewire.
     *
     * @param text {@code set}, {@code rigl} or {@code rigl:STEPS}, {@code snfs:DECAY:SQUARES}, {@code srigl:GAMMA}, {@code gse:GAMMA}, {@code chts}
     * @return the rules
     * @throws IllegalArgumentException if it is none of them, or a number is out of range
     */
    public static Rules parse(String text) {
        return new Rules(text, dropOf(text), growOf(text));
    }

    private static String name(String text) {
        return text.split(":", 2)[0];
    }

    private static DropRule dropOf(String text) {
        return name(text).equals("chts") ? DropRule.SOFT : DropRule.MAGNITUDE;
    }

    private static GrowRule growOf(String text) {
        List<String> words = Arrays.asList(text.split(":", -1));
        try {
            return switch (words.getFirst() + words.size()) {
                case "set1" -> GrowRule.RANDOM;
                case "rigl1" -> GrowRule.GRADIENT;
                case "rigl2" -> new GrowRule.Accumulated(Integer.parseInt(words.get(1)));
                case "snfs3" ->
                    new GrowRule.Momentum(Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
                case "srigl2" -> new GrowRule.FanIn(Double.parseDouble(words.get(1)));
                case "gse2" -> new GrowRule.Sampled(Double.parseDouble(words.get(1)));
                case "chts1" -> GrowRule.TOPOLOGY;
                default ->
                    throw new IllegalArgumentException(
                            "'" + text
                                    + "' names none; accepted are set, rigl, rigl:STEPS, snfs:DECAY:SQUARES, srigl:GAMMA, gse:GAMMA, chts");
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has a number that cannot be read; accepted is one", e);
        }
    }

    /** {@return whether they are none of Rewire's, so that a run is resumed with a configuration that has them} */
    public boolean areOwn() {
        return !NAMES.contains(name(text));
    }
}
