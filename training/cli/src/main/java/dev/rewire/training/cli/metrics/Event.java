package dev.rewire.training.cli.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a line is about. */
public enum Event {
    /** A network, before its first step: settings, and what weights it has. */
    RUN,
    /** Some steps: their mean loss. */
    STEPS,
    /** What a rewiring did to some weights. */
    REWIRING,
    /** What an epoch came to. */
    EPOCH;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a line is about this. */
    public boolean is(JsonNode line) {
        return line.path("event").asText().equals(text());
    }

    static @Nullable Event of(JsonNode line) {
        for (Event event : values()) {
            if (event.is(line)) {
                return event;
            }
        }
        return null;
    }
}
