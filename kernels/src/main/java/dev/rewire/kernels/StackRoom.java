package dev.rewire.kernels;

/**
 * Room on the calling thread's stack. Near its end any call may throw a {@link StackOverflowError}, those in a {@code finally} too: so a thread makes
 * sure, before it takes what it has to give back, that enough is left to give it back.
 */
final class StackRoom {
    /** Compiled by C2 a frame takes 40 bytes, interpreted 270: 4 KiB at least. What is given back after them takes less than 1 KiB. */
    private static final int FRAMES = 96;

    /** A class whose initialisation runs out of stack stays broken for the life of the JVM, and a first product initialises hundreds. */
    private static final int FRAMES_OF_A_FIRST_RUN = 320;

    private StackRoom() {}

    /** Throws a {@link StackOverflowError} now if what follows might throw one while it gives back. */
    static void reserve() {
        descend(FRAMES, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** The same before code that runs for the first time, and so initialises classes. */
    static void reserveForFirstRun() {
        descend(FRAMES_OF_A_FIRST_RUN, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    // Arguments beyond the sixth go over the stack, so that no compiler makes the frames smaller than intended.
    private static int descend(
            int frames, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) {
        return frames == 0 ? 0 : 1 + descend(frames - 1, a, b, c, d, e, f, g, h, i, j);
    }
}
