package dev.rewire.kernels.internal.system;

/**
 * Tells a fused multiply-add in hardware from one in software by its time. The JVM's software goes through {@code BigDecimal}: hundreds of
 * times as long as a product and a sum, compiled or interpreted, where hardware takes less than ten times as long.
 */
public final class FmaTrial {
    private static final int CALLS = 16;
    private static final int MOST_ROUNDS = 40;
    private static final double SOFTWARE = 40;

    /** Half of what it may take: the rest is for classes that are loaded. */
    private static final long MOST_NANOS = 1_000_000;

    @SuppressWarnings("unused") // written, so that the loops have a use
    private static volatile float result;

    private FmaTrial() {}

    /**
     * Runs the trial, about a millisecond.
     *
     * @return whether {@link Math#fma(float, float, float)} runs in hardware
     */
    public static boolean isFast() {
        long started = System.nanoTime();
        long fused = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        // The best of each: whatever else runs on the machine only adds.
        for (int round = 0; round < MOST_ROUNDS && System.nanoTime() - started < MOST_NANOS; round++) {
            plain = Math.min(plain, plain());
            fused = Math.min(fused, fused());
        }
        // A clock of coarse steps may read 0.
        return fused < SOFTWARE * Math.max(plain, 100);
    }

    private static long plain() {
        long from = System.nanoTime();
        float sum = 1;
        for (int i = 0; i < CALLS; i++) {
            sum = add(sum, 1.25f, i);
        }
        result = sum;
        return System.nanoTime() - from;
    }

    /** A call, as the other is one: calls are what the interpreter spends its time on. */
    private static float add(float a, float b, float c) {
        return a * b + c;
    }

    private static long fused() {
        long from = System.nanoTime();
        float sum = 1;
        for (int i = 0; i < CALLS; i++) {
            sum = Math.fma(sum, 1.25f, i);
        }
        result = sum;
        return System.nanoTime() - from;
    }
}
