package dev.rewire.bench;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.Workers;
import java.util.Arrays;
import java.util.function.Consumer;

/** How long making a plan takes: pattern index, shares of the workers, scratch memory. */
final class PlanTime {
    private static final int WARM_UP = 20;
    private static final int TIMED = 15;

    /** Plans of a large matrix take long enough by themselves to be compiled. */
    private static final long MOST_NANOS = 1_000_000_000;

    private PlanTime() {}

    /** The median, in milliseconds. */
    static double measure(KernelArena arena, SpmmProblem problem, Layout layout, Workers workers) {
        Consumer<KernelArena> planning = RewireContender.planning(arena, problem, layout, workers);
        long start = System.nanoTime();
        for (int i = 0; i < WARM_UP && System.nanoTime() - start < MOST_NANOS; i++) {
            time(planning);
        }
        long[] nanos = new long[TIMED];
        int count = 0;
        start = System.nanoTime();
        do {
            nanos[count++] = time(planning);
        } while (count < TIMED && System.nanoTime() - start < MOST_NANOS);
        return Times.of(Arrays.copyOf(nanos, count)).medianMs();
    }

    private static long time(Consumer<KernelArena> planning) {
        try (KernelArena scratch = KernelArena.open()) {
            long start = System.nanoTime();
            planning.accept(scratch);
            return System.nanoTime() - start;
        }
    }
}
