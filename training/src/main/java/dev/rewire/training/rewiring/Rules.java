package dev.rewire.training.rewiring;

import java.util.Objects;

/**
 * What is dropped and where connections grow.
 *
 * @param text stands for the rules in a checkpoint, which holds no code: a line that is not empty
 * @param drop what is dropped
 * @param grow where connections grow
 */
public record Rules(String text, DropRule drop, GrowRule grow) {
    /** Those of SET: by magnitude, at random. */
    public static final Rules SET = new Rules("set", DropRule.MAGNITUDE, GrowRule.RANDOM);

    /** Those of RigL: by magnitude, by gradient. */
    public static final Rules RIGL = new Rules("rigl", DropRule.MAGNITUDE, GrowRule.GRADIENT);

    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if it is empty, of several lines, or the name of others
     */
    public Rules {
        Objects.requireNonNull(drop, "drop: null; accepted are rules");
        Objects.requireNonNull(grow, "grow: null; accepted are rules");
        boolean byMagnitude = drop.equals(DropRule.MAGNITUDE);
        boolean taken = text.equals("none")
                || (text.equals("set") && !(byMagnitude && grow.equals(GrowRule.RANDOM)))
                || (text.equals("rigl") && !(byMagnitude && grow.equals(GrowRule.GRADIENT)));
        if (taken || text.isEmpty() || text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("text: '" + text
                    + "' is not accepted; accepted is a line that is not empty, nor none, set or rigl");
        }
    }

    /** {@return whether they are none of Rewire's, so that a run is resumed with a configuration that has them} */
    public boolean areOwn() {
        return !equals(SET) && !equals(RIGL);
    }
}
