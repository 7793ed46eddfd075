package dev.rewire.bench.cli;

import dev.rewire.bench.Doubt;
import dev.rewire.bench.SpmmReport;
import java.util.Optional;

/** What is said of a measurement that was not believed. */
final class SuspectText {
    private SuspectText() {}

    /** A line, if it was not. */
    static Optional<String> line(SpmmReport report) {
        Doubt doubt = report.doubt();
        if (doubt == null) {
            return Optional.empty();
        }
        return Optional.of(
                doubt.failure() == null
                        ? "suspect: the first measurement was not believed (" + doubt.reason()
                                + "); this is a second one, of another JVM"
                        : "suspect: this measurement is not to be believed (" + doubt.reason()
                                + "), and could not be repeated: " + doubt.failure());
    }
}
