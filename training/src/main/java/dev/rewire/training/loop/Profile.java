package dev.rewire.training.loop;

import dev.rewire.training.layer.LayerTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the time of steps goes. */
public final class Profile implements LayerTimes {
    public static final String LOADING = "loading";
    public static final String LOSS = "loss";
    public static final String OPTIMIZER = "optimizer";
    public static final String REWIRING = "rewiring";
    public static final String REST = "rest";

    /**
     * What a part took.
     *
     * @param part its name
     * @param medianMillis median duration of it
     * @param share of the time of all steps
     */
    public record Row(String part, double medianMillis, double share) {}

    /** Times of so many last steps count for the median: those before were of code that was not compiled yet. */
    private static final int KEPT = 1024;

    private final List<Times> forward = new ArrayList<>();
    private final List<Times> backward = new ArrayList<>();
    private final Map<String, Times> others = new LinkedHashMap<>();
    private final Times steps = new Times();

    private static final class Times {
        private final long[] last = new long[KEPT];
        private long count;
        private long total;

        void add(long nanos) {
            last[(int) (count++ % KEPT)] = nanos;
            total += nanos;
        }

        double medianMillis() {
            long[] sorted = Arrays.copyOf(last, (int) Math.min(count, KEPT));
            Arrays.sort(sorted);
            int n = sorted.length;
            return n == 0 ? 0 : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2e6;
        }
    }

    /** One of no step. */
    public Profile() {
        for (String part : new String[] {LOADING, LOSS, OPTIMIZER, REWIRING, REST}) {
            others.put(part, new Times());
        }
    }

    // What the step under way has been told of so far.
    private long told;

    @Override
    public void add(int layer, boolean ofBackward, long nanos) {
        List<Times> times = ofBackward ? backward : forward;
        while (times.size() <= layer) {
            times.add(new Times());
        }
        times.get(layer).add(nanos);
        told += nanos;
    }

    /** Adds what a part of a step that is no layer took. */
    public void add(String part, long nanos) {
        Times times = others.get(part);
        if (times == null) {
            throw new IllegalArgumentException("part: " + part + "; accepted are " + others.keySet());
        }
        times.add(nanos);
        told += nanos;
    }

    /** Ends a step that took so long in all. */
    public void endStep(long nanos) {
        add(REST, Math.max(0, nanos - told));
        steps.add(nanos);
        told = 0;
    }

    /** A row for each pass of each layer, then for the parts around them; none before the first step. */
    public List<Row> rows(List<String> layers) {
        List<Row> rows = new ArrayList<>();
        if (steps.count == 0) {
            return rows;
        }
        for (int l = 0; l < forward.size(); l++) {
            rows.add(row(layers.get(l) + " forward", forward.get(l)));
            if (l < backward.size()) {
                rows.add(row(layers.get(l) + " backward", backward.get(l)));
            }
        }
        others.forEach((part, times) -> rows.add(row(part, times)));
        return rows;
    }

    private Row row(String part, Times times) {
        return new Row(part, times.medianMillis(), (double) times.total / steps.total);
    }
}
