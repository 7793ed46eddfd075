package dev.rewire.kernels;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A program that draws plans, runs them one after the other while the compilers are busy with other code, then all of them until the compilers rest, and prints
 * seed, rate in GFLOP/s and name of each.
 *
 * <p>Arguments: the seed of the first plan, how many, the seed of their order, milliseconds for each.
 */
final class PlanLottery {
    /** Far apart, so that whoever shares the machine slows none in all of them. */
    private static final int ROUNDS = 3;

    private PlanLottery() {}

    public static void main(String[] arguments) {
        int first = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        Random order = new Random(Long.parseLong(arguments[2]));
        long nanos = Integer.parseInt(arguments[3]) * 1_000_000L;
        List<Integer> seeds =
                new ArrayList<>(IntStream.range(first, first + count).boxed().toList());
        Collections.shuffle(seeds, order);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            List<RandomPlan> plans = new ArrayList<>();
            BusyCompilers busy = new BusyCompilers();
            try (busy) {
                for (int seed : seeds) {
                    RandomPlan plan = RandomPlan.draw(arena, workers, seed);
                    best(plan.run(), nanos);
                    plans.add(plan);
                }
            }
            for (long compiled = -1; compiled != compileTime(); ) {
                compiled = compileTime();
                plans.forEach(plan -> best(plan.run(), nanos));
            }
            double[] best = new double[count];
            Arrays.fill(best, Double.POSITIVE_INFINITY);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < count; i++) {
                    best[i] = Math.min(best[i], best(plans.get(i).run(), nanos));
                }
            }
            for (int i = 0; i < count; i++) {
                RandomPlan plan = plans.get(i);
                System.out.printf("%d\t%.3f\t%s%n", seeds.get(i), plan.flops() / best[i], plan.name());
            }
        }
    }

    private static long compileTime() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Nanoseconds of the shortest run. */
    private static double best(Runnable run, long nanos) {
        long start = System.nanoTime();
        long best = Long.MAX_VALUE;
        for (long now = start; now - start < nanos; ) {
            run.run();
            long end = System.nanoTime();
            best = Math.min(best, end - now);
            now = end;
        }
        return best;
    }
}
