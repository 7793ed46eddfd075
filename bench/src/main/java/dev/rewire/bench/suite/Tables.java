package dev.rewire.bench.suite;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.cli.page.HtmlTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The numbers of a page. */
final class Tables {
    /** Behind a number that is not to be trusted. */
    static final String DISTURBED = "†";

    /** Behind a number of a second measurement. */
    static final String SUSPECT = "‡";

    private static final String NONE = "–";

    private final SuiteReport report;

    Tables(SuiteReport report) {
        this.report = report;
    }

    /** A row for each shape of a block, a column for each sparsity. */
    HtmlTable speedups() {
        Map<String, List<Measured>> byBlock = report.byBlock();
        TreeSet<Double> sparsities = new TreeSet<>();
        byBlock.values()
                .forEach(row -> row.forEach(
                        each -> sparsities.add(each.point().structure().sparsity())));
        List<String> header = new ArrayList<>(List.of("block"));
        sparsities.forEach(each -> header.add(Html.percent(each)));
        header.add("faster from");
        HtmlTable table = new HtmlTable("Speed-up over the fastest dense peer, by sparsity", 1, header);
        byBlock.forEach((block, measured) -> {
            List<String> row = new ArrayList<>(List.of(block.replace('x', '×')));
            for (double sparsity : sparsities) {
                row.add(measured.stream()
                        .filter(each -> each.point().structure().sparsity() == sparsity)
                        .findFirst()
                        .map(Tables::speedup)
                        .orElse(NONE));
            }
            row.add(crossover(Crossover.of(measured)));
            table.add(row);
        });
        return table;
    }

    static String crossover(Crossover crossover) {
        return switch (crossover.kind()) {
            case BETWEEN -> Html.percent(crossover.sparsity());
            case BELOW -> crossover.sparsity() <= 0 ? "always" : "≤ " + Html.percent(crossover.sparsity());
            case ABOVE -> "> " + Html.percent(crossover.sparsity());
            case UNKNOWN -> NONE;
        };
    }

    HtmlTable products() {
        Point any = report.of(Section.PRODUCTS).get(0).point();
        HtmlTable table = new HtmlTable(
                any.cols() + " → " + any.rows() + ", batch " + any.settings().batch() + ", blocks of "
                        + shown(any.structure()) + ", "
                        + Html.percent(any.structure().sparsity()) + " sparse",
                2,
                List.of(
                        "product",
                        "layout",
                        "best ms",
                        "median ms",
                        "GFLOP/s",
                        "effective GFLOP/s",
                        "dense ms",
                        "speed-up"));
        for (Measured each : report.of(Section.PRODUCTS)) {
            SpmmReport of = each.report();
            table.add(List.of(
                    each.point().settings().product().toString(),
                    each.point().layout(),
                    Html.number(of.times().bestMs()),
                    Html.number(of.times().medianMs()),
                    Html.number(of.gflops()),
                    Html.number(of.denseGflops(of.times())),
                    dense(each),
                    speedup(each)));
        }
        return table;
    }

    /** Who computed the forward product, and how fast. */
    HtmlTable peers() {
        HtmlTable table = new HtmlTable(
                "Best and median of each, and how often his best Rewire's best fits into it",
                2,
                List.of("Rewire's layout", "who", "best ms", "median ms", "runs", "times Rewire's"));
        for (Measured each : PeersChart.forward(report)) {
            double ours = each.report().times().bestMs();
            contender(table, each, "rewire", each.report().times(), ours);
            for (String name : presentPeers()) {
                each.peer(name)
                        .ifPresentOrElse(
                                times -> contender(table, each, name, times, ours),
                                () -> table.add(List.of(each.point().layout(), name, "absent", NONE, NONE, NONE)));
            }
        }
        return table;
    }

    private static void contender(HtmlTable table, Measured measured, String name, Times times, double ours) {
        table.add(List.of(
                measured.point().layout(),
                name,
                Html.number(times.bestMs()),
                Html.number(times.medianMs()),
                String.valueOf(times.runs()),
                Html.number(times.bestMs() / ours) + mark(measured)));
    }

    HtmlTable smallBatches() {
        Point any = report.of(Section.SMALL_BATCH).get(0).point();
        HtmlTable table = new HtmlTable(
                any.cols() + " → " + any.rows() + ", blocks of " + shown(any.structure()) + ", "
                        + Html.percent(any.structure().sparsity()) + " sparse, " + any.layout(),
                0,
                List.of("batch", "best ms", "median ms", "GFLOP/s", "GB/s", "dense ms", "speed-up"));
        for (Measured each : report.of(Section.SMALL_BATCH)) {
            SpmmReport of = each.report();
            table.add(List.of(
                    String.valueOf(each.point().settings().batch()),
                    Html.number(of.times().bestMs()),
                    Html.number(of.times().medianMs()),
                    Html.number(of.gflops()),
                    Html.number(of.gflops() / each.intensity()),
                    dense(each),
                    speedup(each)));
        }
        return table;
    }

    HtmlTable nm() {
        HtmlTable table = new HtmlTable(
                "N of each M elements of a row are stored; the ideal leaves out the others at the dense peer's rate",
                2,
                List.of("stored", "W", "batch", "best ms", "median ms", "GFLOP/s", "dense ms", "speed-up", "ideal"));
        for (Measured each : report.of(Section.NM)) {
            Point point = each.point();
            SpmmReport of = each.report();
            table.add(List.of(
                    shown(point.structure()),
                    point.rows() + "×" + point.cols(),
                    String.valueOf(point.settings().batch()),
                    Html.number(of.times().bestMs()),
                    Html.number(of.times().medianMs()),
                    Html.number(of.gflops()),
                    dense(each),
                    speedup(each),
                    Html.number(1 / of.pattern().density()) + "×"));
        }
        return table;
    }

    HtmlTable ceilings() {
        Ceilings ceilings = report.ceilings();
        String all = ceilings.threads() == 1 ? "1 thread" : ceilings.threads() + " threads";
        HtmlTable table = new HtmlTable(
                "Ceilings, measured on vectors of " + ceilings.vectorBits() + " bits",
                2,
                List.of("what", "of", "rate"));
        table.add(List.of("fused multiply-adds", "one core", Html.number(ceilings.coreGflops()) + " GFLOP/s"));
        if (ceilings.threads() > 1) {
            table.add(List.of("fused multiply-adds", all, Html.number(ceilings.gflops()) + " GFLOP/s"));
        }
        table.add(List.of("memory, read and added up", all, Html.number(ceilings.readGbs()) + " GB/s"));
        table.add(List.of("memory, a = b + c/2", all, Html.number(ceilings.triadGbs()) + " GB/s"));
        return table;
    }

    HtmlTable everything() {
        List<String> peers = presentPeers();
        List<String> header = new ArrayList<>(List.of("product", "W", "stored", "layout"));
        header.addAll(List.of("sparse", "batch", "best ms", "median ms", "runs", "GFLOP/s", "flop/byte"));
        peers.forEach(peer -> header.add(peer + " best / median"));
        header.addAll(List.of("speed-up", "error / bound", "plan ms"));
        HtmlTable table = new HtmlTable("Times in milliseconds; W is outputs × inputs", 4, header);
        for (Measured each : report.measured()) {
            Point point = each.point();
            SpmmReport of = each.report();
            List<String> row = new ArrayList<>(List.of(
                    point.settings().product().toString(),
                    point.rows() + "×" + point.cols(),
                    shown(point.structure()),
                    point.layout(),
                    Html.percent(each.sparsity()),
                    String.valueOf(point.settings().batch()),
                    Html.number(of.times().bestMs()),
                    Html.number(of.times().medianMs()),
                    String.valueOf(of.times().runs()),
                    Html.number(of.gflops()),
                    Html.number(each.intensity())));
            peers.forEach(peer -> row.add(times(each, peer)));
            row.addAll(List.of(
                    speedup(each),
                    Html.number(of.maxErrorOverBound()) + (of.correct() ? "" : " WRONG"),
                    Html.number(of.planMs())));
            table.add(row);
        }
        return table;
    }

    /** Peers that were asked for and not measured anywhere, with the reason. */
    Map<String, String> absentPeers() {
        Map<String, String> absent = new LinkedHashMap<>();
        for (Measured each : report.measured()) {
            each.report().peers().forEach((name, peer) -> {
                if (peer instanceof Peer.Absent because) {
                    absent.putIfAbsent(name, because.reason());
                }
            });
        }
        report.measured()
                .forEach(
                        each -> absent.keySet().removeIf(name -> each.peer(name).isPresent()));
        return absent;
    }

    /** Peers that were asked for and measured somewhere: those that a table has room for. */
    private List<String> presentPeers() {
        Set<String> absent = absentPeers().keySet();
        return report.settings().peers().stream()
                .filter(peer -> !absent.contains(peer))
                .toList();
    }

    private static String shown(Structure structure) {
        return structure.name().replace('x', '×');
    }

    private static String times(Measured measured, String peer) {
        Optional<Times> times = measured.peer(peer);
        return times.map(of -> Html.number(of.bestMs()) + " / " + Html.number(of.medianMs()))
                .orElse(measured.report().peers().containsKey(peer) ? "absent" : NONE);
    }

    /** The best time of the fastest dense peer. */
    private static String dense(Measured measured) {
        SpmmReport of = measured.report();
        return of.speedupVsBestDense().isPresent()
                ? Html.number(of.speedupVsBestDense().getAsDouble() * of.times().bestMs())
                : NONE;
    }

    private static String speedup(Measured measured) {
        return measured.report().speedupVsBestDense().isPresent()
                ? Html.number(measured.report().speedupVsBestDense().getAsDouble()) + "×" + mark(measured)
                : NONE;
    }

    private static String mark(Measured measured) {
        return (measured.report().disturbed() ? " " + DISTURBED : "")
                + (measured.report().doubt() == null ? "" : " " + SUSPECT);
    }
}
