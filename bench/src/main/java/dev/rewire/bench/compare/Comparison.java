package dev.rewire.bench.compare;

import dev.rewire.bench.compare.Change.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Two runs, point by point.
 *
 * @param before the older run
 * @param after the newer run
 * @param changes of the points that both have
 * @param onlyBefore points that the newer run lacks
 * @param onlyAfter points that the older run lacks
 */
public record Comparison(
        BenchResults before,
        BenchResults after,
        List<Change> changes,
        List<PointKey> onlyBefore,
        List<PointKey> onlyAfter) {
    /** Copies the lists. */
    public Comparison {
        changes = List.copyOf(changes);
        onlyBefore = List.copyOf(onlyBefore);
        onlyAfter = List.copyOf(onlyAfter);
    }

    /**
     * Compares.
     *
     * @param before the older run
     * @param after the newer run
     * @return point by point
     */
    public static Comparison of(BenchResults before, BenchResults after) {
        List<Change> changes = new ArrayList<>();
        List<PointKey> onlyBefore = new ArrayList<>();
        before.points().forEach((point, timing) -> {
            Timing other = after.points().get(point);
            if (other == null) {
                onlyBefore.add(point);
            } else {
                changes.add(new Change(point, timing, other));
            }
        });
        List<PointKey> onlyAfter = after.points().keySet().stream()
                .filter(point -> !before.points().containsKey(point))
                .toList();
        return new Comparison(before, after, changes, onlyBefore, onlyAfter);
    }

    /**
     * Points with one verdict.
     *
     * @param verdict which
     * @return the largest changes first
     */
    public List<Change> of(Verdict verdict) {
        return changes.stream()
                .filter(change -> change.verdict() == verdict)
                .sorted(Comparator.comparingDouble(change -> -change.magnitude()))
                .toList();
    }

    /**
     * Why differences may be those of the machines and not of Rewire.
     *
     * @return a line for each; empty if the machines are the same as far as the files say
     */
    public List<String> differences() {
        List<String> lines = new ArrayList<>();
        add(lines, "processors", before.cpu(), after.cpu());
        add(lines, "vector widths", before.vectorBits() + " bits", after.vectorBits() + " bits");
        Set<String> peers = new LinkedHashSet<>(before.densePeers().keySet());
        peers.addAll(after.densePeers().keySet());
        for (String peer : peers) {
            add(
                    lines,
                    peer,
                    before.densePeers().getOrDefault(peer, "absent"),
                    after.densePeers().getOrDefault(peer, "absent"));
        }
        return lines;
    }

    private static void add(List<String> lines, String what, String before, String after) {
        if (!before.equals(after)) {
            lines.add(what + " differ: " + before + " before, " + after + " now");
        }
    }
}
