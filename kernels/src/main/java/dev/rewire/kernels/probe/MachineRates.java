package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.vector.ceiling.FmaLoop;
import dev.rewire.kernels.internal.vector.ceiling.MemoryLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the processor and the memory do at most, measured with loops of our own on vectors as wide as the JVM prefers: the best of many rounds. */
public final class MachineRates {
    /** A third of a millisecond, so that some rounds fit between two interruptions. */
    private static final int FMA_STEPS = 100_000;

    /** Short calls until the JIT has compiled a loop: interpreted vectors are objects, and a long call of them outlasts the measurement. */
    private static final int WARM_UP_CALLS = 20_000;

    private static final int WARM_UP_STEPS = 500;
    private static final int WARM_UP_BYTES = 1 << 14;

    /** Of the time that is measured; only a machine that is busy takes so long. */
    private static final double MOST_WARM_UP = 3;

    /** Shares are cut at pages. */
    private static final int PAGE = 4096;

    /** Keeps what the loops compute alive. */
    @SuppressWarnings("unused") // written so that the JIT cannot leave the loops out
    private static volatile float sink;

    private MachineRates() {}

    /**
     * Bandwidth of memory.
     *
     * @param readGbs 10⁹ bytes in a second that all threads read
     * @param triadGbs the same of {@code a = b + c/2}: two streams that are read and one that is written
     */
    public record Bandwidth(double readGbs, double triadGbs) {}

    /**
     * The width of the vectors that are measured.
     *
     * @return bits
     */
    public static int vectorBits() {
        return FmaLoop.SPECIES.vectorBitSize();
    }

    /**
     * Fused multiply-adds.
     *
     * @param threads how many
     * @param seconds how long
     * @return 10⁹ operations in a second, two for each multiply-add
     */
    public static double fmaGflops(int threads, double seconds) {
        warmUp(seconds, () -> sink = FmaLoop.run(WARM_UP_STEPS));
        long nanos = Crew.bestNanos(threads, seconds, i -> sink = FmaLoop.run(FMA_STEPS));
        return threads * FmaLoop.flops(FMA_STEPS) / nanos;
    }

    /**
     * Reading from memory and the triad.
     *
     * @param threads how many
     * @param seconds for each of the two
     * @param arrayBytes of each of three arrays, all threads together; far more than a cache holds
     * @return both
     */
    public static Bandwidth bandwidth(int threads, double seconds, long arrayBytes) {
        int share = (int) Math.min(1 << 30, arrayBytes / threads / PAGE * PAGE);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment[][] arrays = new MemorySegment[threads][];
            for (int i = 0; i < threads; i++) {
                arrays[i] = new MemorySegment[] {filled(arena, share), filled(arena, share), filled(arena, share)};
            }
            warmUp(seconds, () -> sink = MemoryLoops.sum(arrays[0][0], WARM_UP_BYTES));
            warmUp(seconds, () -> MemoryLoops.triad(arrays[0][0], arrays[0][1], arrays[0][2], WARM_UP_BYTES));
            long read = Crew.bestNanos(threads, seconds, i -> sink = MemoryLoops.sum(arrays[i][0], share));
            long triad = Crew.bestNanos(
                    threads, seconds, i -> MemoryLoops.triad(arrays[i][0], arrays[i][1], arrays[i][2], share));
            double bytes = (double) threads * share;
            return new Bandwidth(bytes / read, 3 * bytes / triad);
        }
    }

    private static void warmUp(double seconds, Runnable loop) {
        long end = System.nanoTime() + (long) (MOST_WARM_UP * seconds * 1e9);
        for (int i = 0; i < WARM_UP_CALLS && System.nanoTime() - end < 0; i++) {
            loop.run();
        }
    }

    private static MemorySegment filled(Arena arena, int bytes) {
        // Every page is written: those that nobody has written are all the same page of zeros.
        MemorySegment segment = arena.allocate(bytes, 64);
        for (long i = 0; i < bytes; i += Float.BYTES) {
            segment.set(ValueLayout.JAVA_FLOAT, i, 1f);
        }
        return segment;
    }
}
