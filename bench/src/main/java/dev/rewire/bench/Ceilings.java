package dev.rewire.bench;

import dev.rewire.kernels.measure.MachineRates;

/**
 * What the processor and the memory do at most, measured with loops of our own on vectors as wide as the JVM prefers.
 *
 * @param vectorBits bits of those vectors
 * @param threads of the figures that are not of one core
 * @param coreGflops fused multiply-adds of one core, 10⁹ operations in a second, two each
 * @param gflops of all threads
 * @param readGbs 10⁹ bytes in a second that all threads read
 * @param triadGbs the same of {@code a = b + c/2}: two streams that are read and one that is written
 */
public record Ceilings(int vectorBits, int threads, double coreGflops, double gflops, double readGbs, double triadGbs) {
    /** Of each of the three arrays, all threads together; far more than a cache holds. */
    private static final long ARRAY_BYTES = 256L << 20;

    /**
     * Measures.
     *
     * @param threads how many
     * @param seconds for each of the four figures
     * @return the best that was seen
     */
    public static Ceilings measure(int threads, double seconds) {
        return measure(threads, seconds, ARRAY_BYTES);
    }

    static Ceilings measure(int threads, double seconds, long arrayBytes) {
        double core = MachineRates.fmaGflops(1, seconds);
        double all = threads == 1 ? core : MachineRates.fmaGflops(threads, seconds);
        MachineRates.Bandwidth memory = MachineRates.memory(threads, seconds, arrayBytes);
        return new Ceilings(MachineRates.vectorBits(), threads, core, all, memory.readGbs(), memory.triadGbs());
    }

    /**
     * The better figures of two measurements: one of them may have been disturbed.
     *
     * @param other with as many threads
     * @return the higher of each
     */
    public Ceilings orBetter(Ceilings other) {
        return new Ceilings(
                vectorBits,
                threads,
                Math.max(coreGflops, other.coreGflops),
                Math.max(gflops, other.gflops),
                Math.max(readGbs, other.readGbs),
                Math.max(triadGbs, other.triadGbs));
    }

    /**
     * The memory's ceiling.
     *
     * @return the better of reading and the triad, 10⁹ bytes in a second
     */
    public double bandwidthGbs() {
        return Math.max(readGbs, triadGbs);
    }

    /**
     * The most that a product of a given intensity can reach when its operands come from memory.
     *
     * @param flopsPerByte its intensity
     * @return 10⁹ operations in a second
     */
    public double roof(double flopsPerByte) {
        return Math.min(gflops, bandwidthGbs() * flopsPerByte);
    }
}
