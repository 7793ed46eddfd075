package dev.rewire.bench.cli;

import dev.rewire.bench.Pairs;
import dev.rewire.bench.Pairs.Winner;
import dev.rewire.bench.atlas.AtlasCell;
import dev.rewire.bench.atlas.AtlasReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The short of an atlas, for a terminal; the page has the maps. */
final class AtlasTable {
    private static final int WORST = 10;
    private static final String ROW = "  %-18s%-8s%10s%12s%12s%12s%20s%n";

    private AtlasTable() {}

    static String of(AtlasReport report, List<Path> files) {
        Formatter text = new Formatter(Locale.ROOT);
        text.format(
                "%n" + ROW,
                "product",
                "stored",
                "points",
                "sparse wins",
                "dense wins",
                "undecided",
                "slower than ours");
        Map<String, List<AtlasCell>> groups = new LinkedHashMap<>();
        report.cells()
                .forEach(cell -> groups.computeIfAbsent(
                                String.format("%-18s%s", cell.product(), cell.structure()), key -> new ArrayList<>())
                        .add(cell));
        for (List<AtlasCell> cells : groups.values()) {
            AtlasReport of = new AtlasReport(cells, cells.size(), report.threads());
            text.format(
                    ROW,
                    cells.get(0).product(),
                    cells.get(0).structure(),
                    cells.size(),
                    of.against(Winner.FIRST),
                    of.against(Winner.SECOND),
                    of.against(Winner.NONE),
                    of.slowerThanOwnDense().size());
        }
        text.format(
                "%n  %d of %d points; wins are over the best dense peer, with a confidence of 95 %%%n%n",
                report.cells().size(), report.points());
        List<AtlasCell> slower = report.slowerThanOwnDense();
        if (!slower.isEmpty()) {
            text.format("  slower than Rewire's own dense product, the worst of %d:%n", slower.size());
            slower.stream()
                    .limit(WORST)
                    .forEach(cell -> text.format(
                            "  %5.2f×  %s %d→%d, %s, %d %%, batch %d%n",
                            cell.againstOwnDense().ratio(),
                            cell.product(),
                            cell.cols(),
                            cell.rows(),
                            cell.structure(),
                            cell.sparsity(),
                            cell.batch()));
            text.format("%n");
        }
        if (!report.cells().isEmpty()) {
            text.format(
                    "  plans chose the faster of stored values and a dense matrix in %.1f %% of the points%n",
                    100 * report.choseTheFaster());
            report.choseTheSlower().stream().limit(WORST).forEach(cell -> {
                Pairs other = cell.againstOtherChoice();
                text.format(
                        "  %5.2f×  %s %d→%d, %s, %d %%, batch %d: %s%n",
                        other == null ? Double.NaN : other.ratio(),
                        cell.product(),
                        cell.cols(),
                        cell.rows(),
                        cell.structure(),
                        cell.sparsity(),
                        cell.batch(),
                        cell.plan());
            });
            text.format("%n");
        }
        files.forEach(file -> text.format("  %s%n", file));
        return text.toString();
    }
}
