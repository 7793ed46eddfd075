package dev.rewire.training.loop;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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

    private final Map<Part, Nanos> parts = new EnumMap<>(Part.class);
    private long mark;

    /** What a part took of the epoch under way, and of the one before. */
    private static final class Nanos {
        long current;
        long last;
    }

    /** A clock before the first step. */
    public StepClock() {
        for (Part part : Part.values()) {
            parts.put(part, new Nanos());
        }
    }

    private Nanos of(Part part) {
        return Objects.requireNonNull(parts.get(part));
    }

    /** Begins a part. */
    public void start() {
        mark = System.nanoTime();
    }

    /** Ends a part, and begins the next. */
    public void end(Part part) {
        long now = System.nanoTime();
        of(part).current += now - mark;
        mark = now;
    }

    /** Ends an epoch. */
    public void endEpoch() {
        for (Nanos nanos : parts.values()) {
            nanos.last = nanos.current;
            nanos.current = 0;
        }
    }

    /** What the parts took of the epoch that ended last, by name. */
    public Map<String, Double> lastMillis() {
        Map<String, Double> millis = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            millis.put(part.name().toLowerCase(Locale.ROOT), of(part).last / 1e6);
        }
        return millis;
    }

    /** The nanoseconds of the epoch under way, as text. */
    public String text() {
        StringJoiner text = new StringJoiner(" ");
        for (Nanos nanos : parts.values()) {
            text.add(Long.toString(nanos.current));
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
        String[] values = text.split(" ", -1);
        if (values.length != parts.size()) {
            throw new IllegalArgumentException(
                    "epoch-parts has " + values.length + " values; accepted are " + parts.size());
        }
        int next = 0;
        for (Nanos nanos : parts.values()) {
            nanos.current = Long.parseLong(values[next++]);
        }
    }
}
