package dev.rewire.bench.atlas;

import dev.rewire.bench.DenseRivals;
import dev.rewire.bench.suite.Point;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Measures an atlas, or the rest of one. */
public final class Atlas {
    /** Keeps what was measured. */
    @FunctionalInterface
    public interface Keeper {
        /**
         * Keeps a point.
         *
         * @param measured the point
         * @throws IOException if it cannot be kept
         */
        void keep(AtlasMeasured measured) throws IOException;
    }

    private final Duration limit;
    private final Consumer<String> progress;
    private final Keeper keeper;
    private final long start = System.nanoTime();
    private long longest;

    private Atlas(Duration limit, Consumer<String> progress, Keeper keeper) {
        this.limit = limit;
        this.progress = progress;
        this.keeper = keeper;
    }

    /**
     * Measures what is not done, as far as time allows.
     *
     * @param visits as {@link AtlasPoints} has them
     * @param done commands of the points that are measured already
     * @param limit no point begins that would end later, were it to take as long as the longest before
     * @param progress is told of each point before it is measured
     * @param keeper is given each point that was measured
     * @throws IOException of the keeper
     */
    public static void run(
            List<List<Point>> visits, Set<String> done, Duration limit, Consumer<String> progress, Keeper keeper)
            throws IOException {
        Atlas atlas = new Atlas(limit, progress, keeper);
        for (List<Point> visit : visits) {
            atlas.visit(visit.stream()
                    .filter(point -> !done.contains(point.command()))
                    .toList());
        }
    }

    private void visit(List<Point> points) throws IOException {
        if (points.isEmpty() || isOver()) {
            return;
        }
        Point any = points.get(0);
        long begin = System.nanoTime();
        try (DenseRivals rivals = new DenseRivals(any.settings(), any.rows(), any.cols())) {
            for (Point point : points) {
                if (isOver()) {
                    return;
                }
                progress.accept(point.label());
                keeper.keep(AtlasMeasured.of(point, rivals.race(point.input())));
                // The first of a visit has its rivals' warm-up, too.
                longest = Math.max(longest, System.nanoTime() - begin);
                begin = System.nanoTime();
            }
        }
    }

    private boolean isOver() {
        return System.nanoTime() - start + longest > limit.toNanos();
    }
}
