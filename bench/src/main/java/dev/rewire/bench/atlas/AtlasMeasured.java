package dev.rewire.bench.atlas;

import dev.rewire.bench.DenseRivals.Race;
import dev.rewire.bench.Doubt;
import dev.rewire.bench.Expectation;
import dev.rewire.bench.Pairs;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import dev.rewire.bench.suite.Point;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A point of an atlas and what came out.
 *
 * @param point what was measured
 * @param report of the sparse product and the dense peers
 * @param plan what the plan of the sparse product says of itself
 * @param ownDense times of Rewire's own dense product
 * @param againstOwnDense the sparse product beside it
 * @param dense name of the dense peer with the least median; null without one
 * @param againstDense the sparse product beside that one
 * @param againstOtherChoice the sparse product beside what its plan did not choose; null where that is out of the question
 */
public record AtlasMeasured(
        Point point,
        SpmmReport report,
        String plan,
        Times ownDense,
        Pairs againstOwnDense,
        @Nullable String dense,
        @Nullable Pairs againstDense,
        @Nullable Pairs againstOtherChoice) {
    private static final String ONCE = "an atlas measures a point once, and again when it goes on";

    static AtlasMeasured of(Point point, Race race) {
        SpmmReport report = race.report();
        Optional<String> missed = Expectation.missed(report);
        if (missed.isPresent()) {
            report = report.doubted(new Doubt(report.gflops(), missed.get(), ONCE));
        }
        String best = race.againstDense().keySet().stream()
                .min(Comparator.comparingDouble(peer -> medianMs(race.report(), peer)))
                .orElse(null);
        return new AtlasMeasured(
                point,
                report,
                race.plan(),
                race.ownDense(),
                race.againstOwnDense(),
                best,
                best == null ? null : race.againstDense().get(best),
                race.againstOtherChoice());
    }

    private static double medianMs(SpmmReport report, String peer) {
        return report.peers().get(peer) instanceof Peer.Measured measured
                ? measured.times().medianMs()
                : Double.POSITIVE_INFINITY;
    }
}
