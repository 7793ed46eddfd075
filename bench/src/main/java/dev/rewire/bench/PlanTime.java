package dev.rewire.bench;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.Workers;
import java.util.Arrays;

/** How long making a plan takes: pattern index, shares of the workers, scratch memory. */
final class PlanTime {
    private static final int WARM_UP = 20;
    private static final int TIMED = 15;

    /** Plans of a large matrix take long enough by themselves to be compiled. */
    private static final long MOST_NANOS = 1_000_000_000;

    private PlanTime() {}

    /** The median, in milliseconds. */
    static double measure(SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        long start = System.nanoTime();
        for (int i = 0; i < WARM_UP && System.nanoTime() - start < MOST_NANOS; i++) {
            once(problem, layout, workers, choice);
        }
        long[] nanos = new long[TIMED];
        int count = 0;
        start = System.nanoTime();
        do {
            nanos[count++] = once(problem, layout, workers, choice);
        } while (count < TIMED && System.nanoTime() - start < MOST_NANOS);
        return Times.of(Arrays.copyOf(nanos, count), WarmUp.NONE).medianMs();
    }

    /** Of one plan, in nanoseconds. */
    static long once(SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        try (KernelArena scratch = KernelArena.open()) {
            long start = System.nanoTime();
            RewireContender.plan(scratch, problem, layout, workers, choice);
            return System.nanoTime() - start;
        }
    }
}
