package dev.rewire.bench.atlas;

import dev.rewire.bench.Pairs;
import dev.rewire.training.cli.page.Html;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** The points of one product, structure and shape: a cell for each sparsity and batch. */
final class HeatMap {
    /** Eight times as fast or as slow, and more, have the full colour. */
    private static final double FULL = 3;

    /** Blue and vermillion, which also those tell apart who see few colours (Okabe and Ito). */
    private static final int[] FASTER = {0x00, 0x72, 0xb2};

    private static final int[] SLOWER = {0xd5, 0x5e, 0x00};

    private HeatMap() {}

    static String html(String caption, List<AtlasCell> cells) {
        TreeSet<Integer> batches = new TreeSet<>();
        TreeSet<Integer> sparsities = new TreeSet<>();
        for (AtlasCell cell : cells) {
            batches.add(cell.batch());
            sparsities.add(cell.sparsity());
        }
        StringBuilder html = new StringBuilder("<table class=\"heat\">\n<caption>");
        html.append(Html.escape(caption)).append("</caption>\n<tr><th></th>");
        batches.forEach(batch -> html.append("<th>").append(batch).append("</th>"));
        html.append("</tr>\n");
        for (int sparsity : sparsities) {
            html.append("<tr><th>").append(sparsity).append(" %</th>");
            for (int batch : batches) {
                html.append(cells.stream()
                        .filter(each -> each.batch() == batch && each.sparsity() == sparsity)
                        .findFirst()
                        .map(HeatMap::cell)
                        .orElse("<td></td>"));
            }
            html.append("</tr>\n");
        }
        return html.append("</table>\n").toString();
    }

    private static String cell(AtlasCell cell) {
        Optional<Pairs> against = Optional.ofNullable(cell.againstDense());
        if (against.isEmpty()) {
            return "<td>–</td>";
        }
        Pairs pairs = against.get();
        boolean sure = pairs.winner() != Pairs.Winner.NONE;
        return "<td style=\"" + color(pairs.ratio()) + "\" title=\"" + Html.escape(title(cell, pairs)) + "\">"
                + (sure ? "" : "~") + Html.number(pairs.ratio()) + (cell.disturbed() ? "†" : "")
                + (cell.suspect() ? "‡" : "") + "</td>";
    }

    private static String title(AtlasCell cell, Pairs pairs) {
        return String.format(
                Locale.ROOT,
                "%s ms; beside %s faster in %d and slower in %d of %d pairs, p %.2g; %s× the time of Rewire's own dense product; %s",
                Html.number(cell.medianMs()),
                cell.dense(),
                pairs.won(),
                pairs.lost(),
                pairs.pairs(),
                pairs.p(),
                Html.number(cell.againstOwnDense().ratio()),
                cell.plan());
    }

    /** Background and text of a ratio. */
    static String color(double ratio) {
        double power = Math.log(ratio) / Math.log(2);
        double share = Math.min(1, Math.abs(power) / FULL);
        int[] full = power < 0 ? FASTER : SLOWER;
        StringBuilder color = new StringBuilder("background:#");
        for (int part : full) {
            color.append(String.format("%02x", Math.round(255 + share * (part - 255))));
        }
        return color.append(share > 0.7 ? ";color:#fff" : "").toString();
    }
}
