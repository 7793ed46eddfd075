package dev.rewire.bench.suite;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.Expectation;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmProgress;
import dev.rewire.bench.SpmmReport;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Runs the suite. */
public final class Suite {
    private static final double SECONDS_OF_CEILING = 4;
    private static final double QUICK_SECONDS_OF_CEILING = 1.5;

    /** Measures a point again, in a JVM of its own. */
    public interface Again {
        /**
         * Measures.
         *
         * @param point the point
         * @param first what came out the first time
         * @param reason why it is not believed
         * @return what came out, with the doubt
         */
        SpmmReport measure(Point point, SpmmReport first, String reason);
    }

    private Suite() {}

    /**
     * How many steps a run takes.
     *
     * @param points what to measure
     * @return the points, what is not believed of them, and the ceilings before and after
     */
    public static int steps(List<Point> points) {
        return points.size() + 3;
    }

    /**
     * Measures the ceilings and all points.
     *
     * @param settings of the suite
     * @param points what to measure, at least one
     * @param again measures a point again that is not believed
     * @param progress is told of each step before it is taken; {@link #steps} in all
     * @return what came out
     */
    public static SuiteReport run(SuiteSettings settings, List<Point> points, Again again, Consumer<String> progress) {
        return run(settings, points, settings.quick() ? QUICK_SECONDS_OF_CEILING : SECONDS_OF_CEILING, again, progress);
    }

    /**
     * The same.
     *
     * @param settings of the suite
     * @param points what to measure, at least one
     * @param secondsOfCeiling how long each of four ceilings is measured
     * @param again measures a point again that is not believed
     * @param progress is told of each step before it is taken; {@link #steps} in all
     * @return what came out
     */
    public static SuiteReport run(
            SuiteSettings settings,
            List<Point> points,
            double secondsOfCeiling,
            Again again,
            Consumer<String> progress) {
        ZonedDateTime started = ZonedDateTime.now(ZoneId.systemDefault());
        long start = System.nanoTime();
        progress.accept("ceilings of the machine");
        Ceilings ceilings = Ceilings.measure(settings.threads(), secondsOfCeiling);
        List<Measured> measured = new ArrayList<>();
        for (Point point : points) {
            progress.accept(point.label());
            measured.add(new Measured(point, SpmmBenchmark.run(point.settings(), point.input(), SpmmProgress.NONE)));
        }
        progress.accept("again what is far from its neighbours");
        double gflops = ceilings.gflops();
        measured = believed(measured, () -> gflops, again);
        // Once more, as one of the two may have been disturbed.
        progress.accept("ceilings of the machine, again");
        ceilings = ceilings.orBetter(Ceilings.measure(settings.threads(), secondsOfCeiling));
        return new SuiteReport(settings, started, Duration.ofNanos(System.nanoTime() - start), ceilings, measured);
    }

    static List<Measured> believed(List<Measured> all, DoubleSupplier ceiling, Again again) {
        Neighbours neighbours = new Neighbours(all);
        List<Measured> believed = new ArrayList<>();
        for (Measured each : all) {
            Optional<String> reason = neighbours.farAbove(each).or(() -> Expectation.missed(each.report(), ceiling));
            believed.add(
                    reason.isEmpty()
                            ? each
                            : new Measured(each.point(), again.measure(each.point(), each.report(), reason.get())));
        }
        return believed;
    }
}
