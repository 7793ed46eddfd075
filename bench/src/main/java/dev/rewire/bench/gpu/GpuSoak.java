package dev.rewire.bench.gpu;

import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuException;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The soak of {@code native-gpu/gpu-bundle}. Exit status: 0 passed, 1 failed, 2 bad usage or no device. */
public final class GpuSoak {
    private static final int FAILED = 1;
    private static final int NO_DEVICE = 2;

    /** Free memory may be less by this at the end: the libraries load kernels when they are first needed. */
    private static final long SLACK = 64L << 20;

    private GpuSoak() {}

    /**
     * Runs it and exits.
     *
     * @param args seconds, and the largest outputs, inputs and batch
     */
    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("rewire: accepted are SECONDS SIZE");
            System.exit(NO_DEVICE);
        }
        GpuCapabilities capabilities = GpuCapabilities.current();
        if (!capabilities.available()) {
            System.out.println("rewire: no GPU: " + String.join("; ", capabilities.reasons()));
            System.exit(NO_DEVICE);
        }
        try {
            boolean passed = soak(capabilities, Double.parseDouble(args[0]), Integer.parseInt(args[1]), System.out);
            System.exit(passed ? 0 : FAILED);
        } catch (GpuException e) {
            System.err.println("rewire: " + e.getMessage());
            System.exit(FAILED);
        }
    }

    /**
     * Products, plans and buffers over and over: results are within their bounds and the same bits twice, and memory comes back.
     *
     * @return whether all that held
     */
    static boolean soak(GpuCapabilities capabilities, double seconds, int size, PrintStream out) {
        SplittableRandom random = new SplittableRandom(1);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        int rounds = 0;
        double worst = 0;
        boolean same = true;
        try (GpuContext context =
                GpuContext.open(GpuDescription.device(capabilities).ordinal())) {
            round(context, random, size);
            long free = context.freeBytes();
            long least = free;
            do {
                Round round = round(context, random, size);
                worst = Math.max(worst, round.worst());
                same &= round.same();
                least = Math.min(least, context.freeBytes());
                rounds++;
            } while (System.nanoTime() - end < 0);
            long lost = free - context.freeBytes();
            out.printf(
                    "%s: %d rounds of %d types, sizes up to %d%n",
                    GpuDescription.device(capabilities).name(), rounds, GpuType.values().length, size);
            out.printf("largest error %.3f of its bound; the same bits twice: %s%n", worst, same ? "yes" : "NO");
            out.printf("free memory %d MiB less than at the start, %d at most%n", lost >> 20, (free - least) >> 20);
            return worst <= 1 && same && lost <= SLACK;
        }
    }

    /** What came out of a round. */
    private record Round(double worst, boolean same) {}

    private static Round round(GpuContext context, SplittableRandom random, int size) {
        double worst = 0;
        boolean same = true;
        for (GpuType type : GpuType.values()) {
            try (GpuStream stream = GpuStream.open(context);
                    GpuPair pair = new GpuPair(
                            context,
                            stream,
                            type,
                            side(random, size),
                            side(random, size),
                            random.nextInt(1, size + 1),
                            true)) {
                GpuData data = new GpuData(stream);
                data.fill(pair.x(), random.nextLong());
                long seed = random.nextLong();
                pair.prune(() -> data.fill(pair.w(), seed));
                pair.compress();
                pair.multiplySparse();
                int row = random.nextInt(pair.y().rows());
                double[] once = data.row(pair.y(), row);
                pair.spoil();
                pair.multiplySparse();
                same &= Arrays.equals(once, data.row(pair.y(), row));
                worst = Math.max(worst, GpuCheck.worst(pair, type, data, seed));
            }
        }
        return new Round(worst, same);
    }

    private static int side(SplittableRandom random, int size) {
        return GpuTable.MULTIPLE * random.nextInt(1, size / GpuTable.MULTIPLE + 1);
    }
}
