package dev.rewire.bench;

/** A peer cannot be used here; the message is the reason, in one line. */
final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String reason) {
        super(reason.lines().findFirst().orElse(reason));
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
