package dev.rewire.training.cli.report;

import dev.rewire.training.ProfileRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the time of steps went, for people. */
public final class ProfileTable {
    private ProfileTable() {}

    /** The lines of the table; without rows the one that says why. */
    public static List<String> lines(List<ProfileRow> rows) {
        if (rows.isEmpty()) {
            return List.of("no profile, as no step was taken");
        }
        int width = rows.stream().mapToInt(row -> row.part().length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%-" + width + "s  %12s  %7s", "part of a step", "median", "share"));
        for (ProfileRow row : rows) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-" + width + "s  %9.3f ms  %5.1f %%",
                    row.part(),
                    row.medianMillis(),
                    100 * row.share()));
        }
        return lines;
    }
}
