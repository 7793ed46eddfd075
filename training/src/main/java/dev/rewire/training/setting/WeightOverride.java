package dev.rewire.training.setting;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of some weights of a network, in the place of those of all.
 *
 * @param glob names of weights, or of layers with all that is in them: {@code *} stands for any letters of a part of a name, {@code **} for any letters and dots, as
 *     {@code linear1}, {@code stage1.*.weight}, {@code **.weight}
 * @param sparsity share of the weights that are absent, 0 (dense) to below 1; they take no part in the distribution of the network's sparsity, which then holds for the others
 *     together. Null if it is not set here
 * @param blockRows rows of a block, 1 to 64, or 0 if the block is not set here
 * @param blockCols columns of a block, likewise
 * @param nm N:M sparsity, or null if it is not set here
 */
public record WeightOverride(
        String glob,
        @Nullable Double sparsity,
        int blockRows,
        int blockCols,
        @Nullable NmSparsity nm) {
    private static final String ACCEPTED =
            "GLOB=dense, GLOB=S, GLOB=RxC, GLOB=S,RxC with S from 0 to below 1 and R and C from 1 to 64, or GLOB=N:M";
    private static final int MOST_BLOCK = 64;
    private static final String DENSE = "dense";
    // Nine digits fit an int; whether the number makes sense is not decided here.
    private static final Pattern BLOCK = Pattern.compile("(\\d{1,9})[xX](\\d{1,9})");
    private static final Pattern NM = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

    /**
     * Checks the settings.
     *
     * @throws InvalidConfigException if one is out of range, there is none, or they contradict each other
     */
    public WeightOverride {
        boolean block = blockRows != 0 || blockCols != 0;
        boolean badBlock =
                block && (blockRows < 1 || blockRows > MOST_BLOCK || blockCols < 1 || blockCols > MOST_BLOCK);
        boolean badSparsity = sparsity != null && !(sparsity >= 0 && sparsity < 1);
        boolean none = sparsity == null && !block && nm == null;
        boolean contradiction =
                (nm != null && (sparsity != null || block)) || (sparsity != null && sparsity == 0 && block);
        if (glob.isEmpty() || glob.matches("(?s).*[=\\s].*") || badBlock || badSparsity || none || contradiction) {
            throw refused(glob + "=" + settings(sparsity, blockRows, blockCols, nm));
        }
    }

    private static InvalidConfigException refused(String text) {
        return new InvalidConfigException("--set", text, ACCEPTED);
    }

    /**
     * Reads one.
     *
     * @param text for instance {@code linear1=0.7,8x8}
     * @return what it says
     * @throws InvalidConfigException if it is not understood
     */
    public static WeightOverride parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw refused(text);
        }
        Double sparsity = null;
        int rows = 0;
        int cols = 0;
        NmSparsity nm = null;
        for (String part : text.substring(equals + 1).split(",", -1)) {
            Matcher block = BLOCK.matcher(part);
            Matcher groups = NM.matcher(part);
            if (block.matches() && rows == 0) {
                rows = Integer.parseInt(block.group(1));
                cols = Integer.parseInt(block.group(2));
                if (rows == 0 && cols == 0) {
                    throw refused(text);
                }
            } else if (groups.matches() && nm == null) {
                nm = groups(text, groups);
            } else if (sparsity == null) {
                sparsity = sparsity(text, part);
            } else {
                throw refused(text);
            }
        }
        return new WeightOverride(text.substring(0, equals), sparsity, rows, cols, nm);
    }

    private static NmSparsity groups(String text, Matcher numbers) {
        try {
            return new NmSparsity(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
        } catch (InvalidConfigException e) {
            throw new InvalidConfigException("--set", text, NmSparsity.ACCEPTED);
        }
    }

    private static double sparsity(String text, String part) {
        try {
            return part.equals(DENSE) ? 0 : Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw refused(text);
        }
    }

    /**
     * Whether it is about some weights.
     *
     * @param name of the weights in the network
     * @return whether the glob matches the name, or that of a layer that they are in
     */
    public boolean matches(String name) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            if (glob.charAt(i) != '*') {
                regex.append(Pattern.quote(glob.substring(i, i + 1)));
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else {
                regex.append("[^.]*");
            }
        }
        return name.matches(regex.append("(\\..*)?").toString());
    }

    private static String settings(@Nullable Double sparsity, int rows, int cols, @Nullable NmSparsity nm) {
        StringBuilder text = new StringBuilder();
        if (sparsity != null) {
            text.append(sparsity == 0 ? DENSE : sparsity.toString());
        }
        if (rows != 0 || cols != 0) {
            text.append(text.isEmpty() ? "" : ",").append(rows).append('x').append(cols);
        }
        if (nm != null) {
            text.append(text.isEmpty() ? "" : ",").append(nm);
        }
        return text.toString();
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return glob + "=" + settings(sparsity, blockRows, blockCols, nm);
    }
}
