package dev.rewire.training.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and SIGTERM, between its making and its closing: the JVM waits with its end until this is closed, so that a step can be finished and saved, and
 * ends with status 1 then, or 0 if the run came to its end all the same.
 */
final class Interruption implements AutoCloseable {
    /** For the line of a failure that comes on top. */
    private static final long LAST_WORDS_MILLIS = 300;

    private static final int CUT_SHORT = 1;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "rewire-interruption");
    private volatile boolean requested;
    private volatile int status = CUT_SHORT;

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
        Runtime.getRuntime().halt(status);
    }

    /** As a signal does. */
    void request() {
        requested = true;
    }

    /** All is done and reported: a signal that came too late to stop it makes no failure of it. */
    void complete() {
        status = 0;
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
