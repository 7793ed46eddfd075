package dev.rewire.kernels;

import dev.rewire.kernels.internal.system.JitTime;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What warming a plan up took: the first run of kernels that the JVM has not compiled takes up to hundreds of times as long as the later ones.
 *
 * @param runs of the product
 * @param took all of them
 * @param first the first of them
 * @param best the fastest of them
 */
public record WarmUp(int runs, Duration took, Duration first, Duration best) {
    /** A longer warm-up ends where it is. */
    private static final long LIMIT_NANOS = 5_000_000_000L;

    /** Without a faster run for this long it is over; longer than the JIT takes for a tile on an idle machine. */
    private static final long QUIET_NANOS = 500_000_000;

    private static final int QUIET_RUNS = 10;

    /** Of compilation meanwhile, of whatever code: with more, the product may still wait for its turn. Little things are always compiled. */
    private static final long QUIET_JIT_MILLIS = 50;

    /** What counts as faster; less is the machine's noise. */
    private static final double FASTER = 0.97;

    /** Runs a product until the best time stops falling and the JIT has caught up. */
    static WarmUp of(Runnable product) {
        return of(product, System::nanoTime, JitTime.millis());
    }

    /** The same with a clock that tells nanoseconds, and with who tells how many milliseconds the JIT has compiled so far. */
    static WarmUp of(Runnable product, LongSupplier clock, LongSupplier jitMillis) {
        long begin = clock.getAsLong();
        long first = 0;
        long best = Long.MAX_VALUE;
        long bestAtProgress = Long.MAX_VALUE;
        long lastProgress = begin;
        int runOfLastProgress = 0;
        long jitAtProgress = jitMillis.getAsLong();
        int runs = 0;
        long now = begin;
        boolean over;
        do {
            product.run();
            long end = clock.getAsLong();
            long nanos = end - now;
            now = end;
            runs++;
            if (runs == 1) {
                first = nanos;
            }
            boolean quiet = now - lastProgress >= QUIET_NANOS && runs - runOfLastProgress >= QUIET_RUNS;
            over = quiet && jitMillis.getAsLong() - jitAtProgress <= QUIET_JIT_MILLIS;
            if (nanos < FASTER * bestAtProgress || (quiet && !over)) {
                bestAtProgress = Math.min(nanos, bestAtProgress);
                lastProgress = now;
                runOfLastProgress = runs;
                jitAtProgress = jitMillis.getAsLong();
                over = false;
            }
            best = Math.min(best, nanos);
        } while (now - begin < LIMIT_NANOS && !over);
        return new WarmUp(runs, Duration.ofNanos(now - begin), Duration.ofNanos(first), Duration.ofNanos(best));
    }
}
