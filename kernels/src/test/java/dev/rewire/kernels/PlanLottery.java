package dev.rewire.kernels;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Scanner;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * A program that draws plans, runs them one after the other while the compilers are busy with other code, then all of them until the compilers rest, and prints
 * seed, rate in GFLOP/s and name of each, and an empty line. Then it reads seeds, and prints the rate of each plan as it is after a longer time.
 *
 * <p>Arguments: the seed of the first plan, how many, the seed of their order.
 */
final class PlanLottery {
    /** Far apart, so that whoever shares the machine slows none in all of them. */
    private static final int ROUNDS = 4;

    private static final int RUNS = 10;
    private static final long NANOS = 5_000_000;

    /** Of a plan that is to be compiled: so many runs have loops enough for HotSpot to ask C2, however long they are. */
    private static final int WARM_RUNS = 3;

    private static final long WARM_NANOS = 20_000_000;

    /** Of a plan alone, which has no others to run while it is compiled. */
    private static final long WARM_NANOS_ALONE = 200_000_000;

    /** Of all plans, in which none is compiled. */
    private static final int QUIET_ROUNDS = 3;

    private static final int MOST_WARM_ROUNDS = 20;

    /** GFLOP/s; below, a plan is interpreted, and runs longer, for HotSpot counts calls. */
    private static final double SLOWEST = 0.3;

    private static final long NANOS_OF_SLOW = 300_000_000;

    /** Enough for a tile that is slow to be made anew once, and compiled. */
    private static final long AGAIN_NANOS = 5_000_000_000L;

    private PlanLottery() {}

    public static void main(String[] arguments) throws JMException {
        int first = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        List<Integer> seeds =
                new ArrayList<>(IntStream.range(first, first + count).boxed().toList());
        Collections.shuffle(seeds, new Random(Long.parseLong(arguments[2])));
        long warmNanos = count == 1 ? WARM_NANOS_ALONE : WARM_NANOS;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            List<RandomPlan> plans = new ArrayList<>();
            BusyCompilers busy = new BusyCompilers();
            try (busy) {
                for (int seed : seeds) {
                    RandomPlan plan = RandomPlan.draw(arena, workers, seed);
                    best(plan.run(), WARM_RUNS, warmNanos);
                    plans.add(plan);
                }
            }
            untilCompiled(plans, warmNanos);
            double[] best = new double[count];
            Arrays.fill(best, Double.POSITIVE_INFINITY);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < count; i++) {
                    best[i] = Math.min(best[i], best(plans.get(i).run(), RUNS, NANOS));
                }
            }
            for (int i = 0; i < count; i++) {
                RandomPlan plan = plans.get(i);
                System.out.printf("%d\t%.3f\t%s%n", seeds.get(i), plan.flops() / best[i], plan.name());
            }
            System.out.println();
            Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
            while (in.hasNextInt()) {
                RandomPlan plan = plans.get(seeds.indexOf(in.nextInt()));
                System.out.printf("%.3f%n", plan.flops() / best(plan.run(), RUNS, AGAIN_NANOS));
            }
        }
    }

    private static void untilCompiled(List<RandomPlan> plans, long nanos) throws JMException {
        int quiet = 0;
        for (int round = 0; quiet < QUIET_ROUNDS && round < MOST_WARM_ROUNDS; round++) {
            boolean compiled = true;
            for (RandomPlan plan : plans) {
                if (plan.flops() / best(plan.run(), WARM_RUNS, nanos) < SLOWEST) {
                    compiled = false;
                    best(plan.run(), WARM_RUNS, NANOS_OF_SLOW);
                }
            }
            quiet = compiled && !isCompiling() ? quiet + 1 : 0;
        }
    }

    /** Whether kernels are compiled or wait for it; the time that compilers have taken says nothing of what they are at. */
    private static boolean isCompiling() throws JMException {
        Object queues = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "compilerQueue",
                        new Object[0],
                        new String[0]);
        return queues.toString().contains(Provider.class.getPackageName());
    }

    /** Nanoseconds of the shortest of some runs, and of as many more as a time takes. */
    private static double best(Runnable run, int runs, long nanos) {
        long start = System.nanoTime();
        long best = Long.MAX_VALUE;
        int count = 0;
        for (long now = start; count < runs || now - start < nanos; count++) {
            run.run();
            long end = System.nanoTime();
            best = Math.min(best, end - now);
            now = end;
        }
        return best;
    }
}
