package dev.rewire.training.loop;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Where the time of an epoch's steps goes, to the parts that every step has: what passed since the last part ended belongs to the one that ends. */
public final class StepClock {
    /** A part of a step. */
    public enum Part {
        /** Samples are brought into the batch. */
        LOADING,
        FORWARD,
        /** Its gradient, too. */
        LOSS,
        BACKWARD,
        OPTIMIZER,
        /** Gradients of places that are not stored, too. */
        REWIRING
    }

    private final long[] current = new long[Part.values().length];
    private final long[] last = new long[current.length];
    private long mark;

    /** Begins a part. */
    public void start() {
        mark = System.nanoTime();
    }

    /** Ends a part, and begins the next. */
    public void end(Part part) {
        long now = System.nanoTime();
        current[part.ordinal()] += now - mark;
        mark = now;
    }

    /** Ends an epoch. */
    public void endEpoch() {
        System.arraycopy(current, 0, last, 0, current.length);
        Arrays.fill(current, 0);
    }

    /** What the parts took of the epoch that ended last, by name. */
    public Map<String, Double> lastMillis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            millis.put(part.name().toLowerCase(Locale.ROOT), last[part.ordinal()] / 1e6);
        }
        return millis;
    }

    /** The nanoseconds of the epoch under way, as text. */
    public String text() {
        StringJoiner text = new StringJoiner(" ");
        for (long nanos : current) {
            text.add(Long.toString(nanos));
        }
        return text.toString();
    }

    /**
     * Takes up an epoch.
     *
     * @param text as {@link #text} has it
     * @throws IllegalArgumentException if it is none
     */
    public void read(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != current.length) {
            throw new IllegalArgumentException(
                    "epoch-parts has " + parts.length + " values; accepted are " + current.length);
        }
        for (int part = 0; part < parts.length; part++) {
            current[part] = Long.parseLong(parts[part]);
        }
    }
}
