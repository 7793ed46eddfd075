package dev.rewire.training.data.source;

import java.io.IOException;
import java.util.List;

/**
 * A data set that is not on this machine and could not be fetched. The message is one line: what was tried, what to do
 * by hand.
 */
public final class FetchException extends IOException {
    private static final long serialVersionUID = 1L;

    FetchException(String title, List<String> failures, String byHand) {
        super("cannot fetch " + title + ": " + String.join("; ", failures) + ". By hand: " + byHand);
    }
}
