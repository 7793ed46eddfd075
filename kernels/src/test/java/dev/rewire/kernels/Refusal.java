package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Asserts that a call is refused, with a message that starts with the argument and its value. */
final class Refusal {
    private Refusal() {}

    static void ofArgument(String start, Executable call) {
        of(IllegalArgumentException.class, start, call);
    }

    static void ofState(String start, Executable call) {
        of(IllegalStateException.class, start, call);
    }

    private static void of(Class<? extends Exception> type, String start, Executable call) {
        String message = assertThrows(type, call).getMessage();
        assertTrue(message.startsWith(start), () -> "\"" + message + "\" does not start with \"" + start + "\"");
    }
}
