package dev.rewire.kernels.probe;

/** Whether a fused multiply-add is an instruction in this JVM, or software that takes a thousand times as long. */
final class Fusion {
    private static final int CALLS = 100;
    private static final int TRIALS = 5;

    /** The interpreter takes tens for the instruction, and some thousand for the software. */
    private static final double MOST_NANOS = 300;

    @SuppressWarnings("unused") // written so that the JIT cannot leave the trial out
    private static volatile float sink;

    private Fusion() {}

    /** Tries. */
    static boolean found() {
        long best = Long.MAX_VALUE;
        for (int trial = 0; trial < TRIALS; trial++) {
            long start = System.nanoTime();
            float sum = 1.25f;
            for (int i = 0; i < CALLS; i++) {
                sum = Math.fma(sum, 0.3f, 0.7f);
            }
            sink = sum;
            best = Math.min(best, System.nanoTime() - start);
        }
        return best < MOST_NANOS * CALLS;
    }
}
