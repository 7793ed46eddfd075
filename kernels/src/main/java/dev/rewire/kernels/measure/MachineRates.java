package dev.rewire.kernels.measure;

import dev.rewire.kernels.internal.system.Requirements;
import dev.rewire.kernels.internal.vector.VectorProvider;
import dev.rewire.kernels.internal.vector.ceiling.FmaLoop;
import dev.rewire.kernels.internal.vector.ceiling.ReadLoop;
import dev.rewire.kernels.internal.vector.ceiling.TriadLoop;
import dev.rewire.kernels.internal.vector.ceiling.Widths;
import dev.rewire.kernels.probe.Jvm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What the processor and the memory do at most, measured with loops of our own: the best of many rounds of some tenths of a millisecond. */
public final class MachineRates {
    /** Of the time that is measured; only a machine that is busy takes so long. */
    private static final double MOST_WARM_UP = 3;

    private static final int PAGE = 4096;

    /** Each thread's result has a page of its own, or their stores would wait for each other. */
    private static final long RESULT_BYTES = PAGE;

    /** Not zero: pages that nobody has written may all be the same. As a float, 0.747. */
    private static final byte CONTENT = 0x3f;

    private MachineRates() {}

    /**
     * A rate of one thread and of all.
     *
     * @param core of one thread, the others idle
     * @param all of all threads together
     */
    record Rate(double core, double all) {}

    /**
     * Bandwidth of memory.
     *
     * @param readGbs 10⁹ bytes in a second that all threads read
     * @param triadGbs the same of {@code a = b + c/2}: two streams that are read and one that is written
     */
    public record Bandwidth(double readGbs, double triadGbs) {}

    /**
     * Why nothing can be measured in this JVM.
     *
     * @return the reason, or null if it can
     */
    public static @Nullable String unavailable() {
        String missing = Requirements.missingVectorModule();
        if (missing != null) {
            return missing;
        }
        try {
            VectorProvider.create();
            return null;
        } catch (IllegalCallerException e) {
            return Requirements.deniedNativeAccess();
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * The width of the vectors that {@link #fmaGflops} and {@link #memory} use: the widest that the JVM prefers.
     *
     * @return bits
     * @throws IllegalStateException if nothing can be measured
     */
    public static int vectorBits() {
        checkAvailable();
        return Widths.widest();
    }

    /**
     * Multiply-adds, fused if this JVM has a single operation for that.
     *
     * @param threads how many, at least 1
     * @param seconds how long
     * @return 10⁹ operations in a second of all threads, two for each multiply-add and lane
     * @throws IllegalStateException if nothing can be measured, or the calling thread is interrupted
     */
    public static double fmaGflops(int threads, double seconds) {
        checkAvailable();
        try (Fma fma = new Fma(Widths.widest(), !Jvm.current().useFma().isNo(), threads, MOST_WARM_UP * seconds)) {
            return fma.gflops(threads, seconds);
        }
    }

    /**
     * Reading from memory and the triad.
     *
     * @param threads how many, at least 1
     * @param seconds for each of the two
     * @param arrayBytes of each of three arrays, all threads together; several times what the caches hold
     * @return both
     * @throws IllegalStateException if nothing can be measured, or the calling thread is interrupted
     */
    public static Bandwidth memory(int threads, double seconds, long arrayBytes) {
        checkAvailable();
        int bits = Widths.widest();
        double read;
        try (Read memory = new Read(ReadLoop.generate(bits), bits, threads, arrayBytes / threads)) {
            memory.warmUp(MOST_WARM_UP * seconds);
            read = memory.gbs(threads, memory.share, seconds);
        }
        TriadLoop loop = TriadLoop.generate(bits);
        int turn = TriadLoop.turnBytes(bits);
        long share = Math.max(PAGE, arrayBytes / threads / PAGE * PAGE);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment[] arrays = {
                filled(arena, threads * share), filled(arena, threads * share), filled(arena, threads * share)
            };
            long a = arrays[0].address();
            long b = arrays[1].address();
            long c = arrays[2].address();
            long most = share / turn;
            new TimedLoop(3L * TriadLoop.VECTORS, turns -> loop.run(b, b + Math.min(turns, most) * turn, a, c))
                    .warmUp(MOST_WARM_UP * seconds);
            long nanos = Crew.bestNanos(threads, seconds, i -> {
                long offset = i * share;
                loop.run(b + offset, b + offset + share, a + offset, c + offset);
            });
            return new Bandwidth(read, 3.0 * threads * share / nanos);
        }
    }

    /** Why loops of vectors never end in time: as objects these take a thousand times as long. Null if they are compiled. */
    static @Nullable String uncompiled() {
        Jvm jvm = Jvm.current();
        return switch (jvm.compiler()) {
            case C1, INTERPRETER ->
                "this JVM does not compile vectors: " + jvm.compiler() + " alone (" + jvm.compilerSource() + ")";
            case C2, OTHER, UNKNOWN -> null;
        };
    }

    private static void checkAvailable() {
        String reason = unavailable();
        if (reason != null) {
            throw new IllegalStateException("this machine cannot be measured: " + reason);
        }
    }

    private static MemorySegment filled(Arena arena, long bytes) {
        return arena.allocate(bytes, PAGE).fill(CONTENT);
    }

    /** The multiply-adds of a width. */
    static final class Fma implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final FmaLoop loop;
        private final long results;
        private final double flopsPerTurn;
        private final long turns;

        /** Whether the JIT has compiled the loop. */
        final boolean compiled;

        Fma(int bits, boolean fused, int threads, double mostSecondsOfWarmUp) {
            loop = FmaLoop.generate(bits, fused);
            results = arena.allocate(threads * RESULT_BYTES, PAGE).address();
            int lanes = bits / Float.SIZE;
            flopsPerTurn = 2.0 * FmaLoop.vectors(fused) * lanes;
            TimedLoop timed = new TimedLoop(FmaLoop.vectors(fused), turns -> loop.run(turns, results));
            compiled = timed.warmUp(mostSecondsOfWarmUp);
            turns = timed.turns();
        }

        double gflops(int threads, double seconds) {
            long nanos = Crew.bestNanos(threads, seconds, i -> loop.run(turns, results + i * RESULT_BYTES));
            return threads * turns * flopsPerTurn / nanos;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** Memory of which each thread reads a share, again and again. */
    static final class Read implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final ReadLoop loop;
        private final int vectors;
        private final int turnBytes;
        private final long memory;
        private final long results;

        /** Bytes of a thread's share. */
        final long share;

        Read(ReadLoop loop, int bits, int threads, long bytesOfShare) {
            this.loop = loop;
            turnBytes = ReadLoop.turnBytes(bits);
            vectors = turnBytes * Byte.SIZE / bits;
            share = Math.max(PAGE, bytesOfShare / PAGE * PAGE);
            memory = filled(arena, threads * share).address();
            results = arena.allocate(threads * RESULT_BYTES, PAGE).address();
        }

        /** Runs until the JIT has compiled the loop, or gives up; says which. */
        boolean warmUp(double mostSeconds) {
            long most = share / turnBytes;
            return new TimedLoop(vectors, turns -> read(0, Math.min(most, turns) * turnBytes, turns > 1 ? 2 : 1))
                    .warmUp(mostSeconds);
        }

        /** What so many threads read in a second, each of them so many bytes, of its share unless it is alone. */
        double gbs(int threads, long bytes, double seconds) {
            long whole = bytes / turnBytes * turnBytes;
            long rounds = new TimedLoop(1, turns -> read(0, whole, turns)).turns();
            long nanos = Crew.bestNanos(threads, seconds, i -> read(i, whole, rounds));
            return (double) threads * whole * rounds / nanos;
        }

        private void read(int thread, long bytes, long rounds) {
            long from = memory + thread * share;
            loop.run(from, from + bytes, rounds, results + thread * RESULT_BYTES);
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
