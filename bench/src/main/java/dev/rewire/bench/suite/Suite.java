package dev.rewire.bench.suite;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmProgress;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs the suite. */
public final class Suite {
    private static final double SECONDS_OF_CEILING = 4;
    private static final double QUICK_SECONDS_OF_CEILING = 1.5;

    private Suite() {}

    /**
     * How many steps a run takes.
     *
     * @param points what to measure
     * @return the points, and the ceilings before and after them
     */
    public static int steps(List<Point> points) {
        return points.size() + 2;
    }

    /**
     * Measures the ceilings and all points.
     *
     * @param settings of the suite
     * @param points what to measure, at least one
     * @param progress is told of each step before it is taken; {@link #steps} in all
     * @return what came out
     */
    public static SuiteReport run(SuiteSettings settings, List<Point> points, Consumer<String> progress) {
        return run(settings, points, settings.quick() ? QUICK_SECONDS_OF_CEILING : SECONDS_OF_CEILING, progress);
    }

    /**
     * The same.
     *
     * @param settings of the suite
     * @param points what to measure, at least one
     * @param secondsOfCeiling how long each of four ceilings is measured
     * @param progress is told of each step before it is taken; {@link #steps} in all
     * @return what came out
     */
    public static SuiteReport run(
            SuiteSettings settings, List<Point> points, double secondsOfCeiling, Consumer<String> progress) {
        ZonedDateTime started = ZonedDateTime.now(ZoneId.systemDefault());
        long start = System.nanoTime();
        progress.accept("ceilings of the machine");
        Ceilings ceilings = Ceilings.measure(settings.threads(), secondsOfCeiling);
        List<Measured> measured = new ArrayList<>();
        for (Point point : points) {
            progress.accept(point.label());
            measured.add(new Measured(point, SpmmBenchmark.run(point.settings(), point.input(), SpmmProgress.NONE)));
        }
        // Once more, as one of the two may have been disturbed.
        progress.accept("ceilings of the machine, again");
        ceilings = ceilings.orBetter(Ceilings.measure(settings.threads(), secondsOfCeiling));
        return new SuiteReport(settings, started, Duration.ofNanos(System.nanoTime() - start), ceilings, measured);
    }
}
