package dev.rewire.training.cli.peer;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who computes the products of the dense network that a sparse one is compared with.
 *
 * @param engine {@code rewire}, or the name of a library
 * @param reason why this one
 * @param stepMs median time of a step on each that was tried
 * @param absent those that could not be tried, and why not
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DenseEngine(String engine, String reason, Map<String, Double> stepMs, Map<String, String> absent) {
    /** For people, on one line. */
    public String text() {
        List<String> parts = new ArrayList<>();
        stepMs.forEach((name, millis) -> parts.add(String.format(Locale.ROOT, "%s %.2f ms a step", name, millis)));
        absent.forEach((name, why) -> parts.add(name + " absent (" + why + ")"));
        return engine + ", " + reason + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
    }
}
