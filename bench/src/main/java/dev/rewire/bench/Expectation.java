package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.measure.MachineRates;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * What a product of our vector kernels takes at most in a JVM that has compiled them, from the multiply-adds that the machine can do: pessimistic by half and
 * more, as it need not tell more than a kernel that was compiled from one that was not, which takes 20 to 100 times as long.
 */
public final class Expectation {
    /** Blocks of so many elements use a sample or a weight several times. */
    private static final int LARGE_BLOCK = 16;

    private static final double SHARE_OF_LARGE_BLOCKS = 0.3;
    private static final double SHARE = 0.1;

    /** Samples that are computed in any case, unless there are so few that a kernel of their own takes them. */
    private static final int LEAST_LANES = 16;

    private static final int FEW_SAMPLES = 3;

    /** Of one sample, each element by itself. */
    private static final double GFLOPS_OF_FEW = 1;

    /** Of operands, each byte read and written some times, on a machine with other things to do. */
    private static final double GB_PER_SECOND = 4;

    /** Of waking workers, and of calls. */
    private static final double LEAST_MS = 0.05;

    /** More than any processor does. */
    private static final double IMPOSSIBLE_GFLOPS = 500;

    private static final double SECONDS_OF_CEILING = 0.2;
    private static final double PER_MS = 1e6;

    private Expectation() {}

    /**
     * Whether a measurement is far from what it should be.
     *
     * @param report what came out
     * @return what it was held against; empty if it is as it should be, or not ours to know: other kernels, or a GPU
     * @throws IllegalStateException if the calling thread is interrupted
     */
    public static Optional<String> missed(SpmmReport report) {
        int threads = report.settings().threads();
        // Most are told without measuring.
        return mostMs(report, threads * IMPOSSIBLE_GFLOPS) * Doubt.FACTOR
                        >= report.times().bestMs()
                ? Optional.empty()
                : missed(report, () -> MachineRates.fmaGflops(threads, SECONDS_OF_CEILING));
    }

    /**
     * The same with a ceiling that is known.
     *
     * @param report what came out
     * @param ceiling multiply-adds of all threads, 10⁹ operations in a second
     * @return what it was held against, or empty
     */
    public static Optional<String> missed(SpmmReport report, DoubleSupplier ceiling) {
        if (report.gpu() != null || !report.environment().kernels().name().equals("vector")) {
            return Optional.empty();
        }
        double gflops = ceiling.getAsDouble();
        double mostMs = mostMs(report, gflops);
        return report.times().bestMs() <= Doubt.FACTOR * mostMs
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%.3g ms, where %.3g ms are ample for a processor of %.0f GFLOP/s",
                        report.times().bestMs(),
                        mostMs,
                        gflops));
    }

    private static double mostMs(SpmmReport report, double ceiling) {
        BlockPattern pattern = report.pattern();
        int batch = report.settings().batch();
        double stored = pattern.storedElements();
        boolean large = report.nm() == null && pattern.blockRows() * pattern.blockCols() >= LARGE_BLOCK;
        double gflops = batch <= FEW_SAMPLES ? GFLOPS_OF_FEW : ceiling * (large ? SHARE_OF_LARGE_BLOCKS : SHARE);
        double lanes = batch <= FEW_SAMPLES ? batch : Math.max(batch, LEAST_LANES);
        double bytes = Float.BYTES * (2 * stored + lanes * ((double) pattern.rows() + pattern.cols()));
        return LEAST_MS + 2 * stored * lanes / gflops / PER_MS + bytes / GB_PER_SECOND / PER_MS;
    }
}
