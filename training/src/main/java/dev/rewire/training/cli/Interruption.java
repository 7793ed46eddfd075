package dev.rewire.training.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and SIGTERM, between its making and its closing: the JVM waits with its end until this is closed, so that a step can be finished and saved, and
 * ends with status 1 then.
 */
final class Interruption implements AutoCloseable {
    /** For the line of a failure that comes on top. */
    private static final long LAST_WORDS_MILLIS = 300;

    private static final int STATUS = 1;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "rewire-interruption");
    private volatile boolean requested;

    private Interruption() {}

    static Interruption install() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Whether the run has to stop after its step. */
    boolean isRequested() {
        return requested;
    }

    private void await() {
        request();
        try {
            closed.await();
            Thread.sleep(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(STATUS);
    }

    /** As a signal does. */
    void request() {
        requested = true;
    }

    @Override
    public void close() {
        if (requested) {
            closed.countDown();
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            closed.countDown(); // a signal came meanwhile
        }
    }
}
