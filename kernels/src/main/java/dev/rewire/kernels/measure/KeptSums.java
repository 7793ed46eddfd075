package dev.rewire.kernels.measure;

import dev.rewire.kernels.internal.vector.ceiling.ReadLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * How many sums C2 keeps in registers in a loop that loads vectors and adds each to another sum. What does not fit is loaded from the stack and stored
 * for each addition, and loads are what the loop waits for: 33 sums on 32 registers cost 6 to 13 % on Zen 4. One vector is on its way besides, which
 * x86 adds from memory and ARM loads into one more register.
 */
final class KeptSums {
    /** Fit into the 16 registers that every processor with vectors has. */
    private static final int FEW = 12;

    private static final int MOST = 40;

    /** The least that there are, and what AVX-512 and ARM have. */
    private static final int[] LIKELY = {32, 16};

    /** A time longer by this has loads that are not of the loop. */
    private static final double SPILLED = 1.03;

    /** Fits the first level of every processor. */
    private static final int BYTES = 16 << 10;

    private static final int PAGE = 4096;

    private final int bits;
    private final double seconds;
    private final double mostSecondsOfWarmUp;
    private final long memory;
    private boolean compiled = true;
    private Candidate kept;

    /** A loop with so many sums, and turns that take about a round's time. */
    private record Candidate(int sums, TimedLoop loop, long turns) {
        double nanosPerVector() {
            return (double) loop.nanos(turns) / (turns * loop.vectors());
        }
    }

    private KeptSums(int bits, double seconds, double mostSecondsOfWarmUp, long memory) {
        this.bits = bits;
        this.seconds = seconds;
        this.mostSecondsOfWarmUp = mostSecondsOfWarmUp;
        this.memory = memory;
        kept = candidate(FEW);
    }

    /**
     * Looks for the number.
     *
     * @param bits of a vector
     * @param seconds for each of some comparisons
     * @param mostSecondsOfWarmUp of each of some loops
     * @return sums, or nothing if C2 did not compile the loops
     */
    static OptionalInt find(int bits, double seconds, double mostSecondsOfWarmUp) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BYTES + PAGE, PAGE).fill((byte) 1);
            KeptSums search = new KeptSums(bits, seconds, mostSecondsOfWarmUp, memory.address());
            int sums = search.search();
            return search.compiled ? OptionalInt.of(sums) : OptionalInt.empty();
        }
    }

    private int search() {
        int spilled = MOST + 1;
        for (int likely : LIKELY) {
            if (likely > kept.sums && likely < spilled) {
                if (keeps(likely)) {
                    spilled = keeps(likely + 1) ? spilled : likely + 1;
                } else {
                    spilled = likely;
                }
            }
        }
        while (compiled && spilled - kept.sums > 1) {
            int middle = (kept.sums + spilled) / 2;
            spilled = keeps(middle) ? spilled : middle;
        }
        return kept.sums;
    }

    /** Compares, in turns, with the largest number of sums that is known to be kept. */
    private boolean keeps(int sums) {
        if (!compiled) {
            return false;
        }
        Candidate more = candidate(sums);
        double best = Double.MAX_VALUE;
        double bestOfMore = Double.MAX_VALUE;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            best = Math.min(best, kept.nanosPerVector());
            bestOfMore = Math.min(bestOfMore, more.nanosPerVector());
        } while (System.nanoTime() - end < 0);
        if (bestOfMore < SPILLED * best) {
            kept = more;
            return true;
        }
        return false;
    }

    private Candidate candidate(int sums) {
        ReadLoop loop = ReadLoop.generate(bits, sums);
        int turn = sums * bits / Byte.SIZE;
        int most = BYTES / turn;
        long result = memory + BYTES;
        // Warmed up with few turns, it is measured with rounds of as many as fit.
        compiled &= new TimedLoop(
                        sums,
                        turns -> loop.run(memory, memory + Math.min(turns, most) * turn, turns > 1 ? 2 : 1, result))
                .warmUp(mostSecondsOfWarmUp);
        TimedLoop timed = new TimedLoop(
                (long) most * sums, rounds -> loop.run(memory, memory + (long) most * turn, rounds, result));
        return new Candidate(sums, timed, timed.turns());
    }
}
