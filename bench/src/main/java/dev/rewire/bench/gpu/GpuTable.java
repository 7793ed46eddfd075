package dev.rewire.bench.gpu;

import dev.rewire.bench.Environment;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.NvidiaSmi;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.Times;
import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuException;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Measures cuSPARSELt beside cuBLASLt on square products of every type. */
public final class GpuTable {
    /** What sizes have to be multiples of, for every type. */
    public static final int MULTIPLE = 32;

    /** Sizes without others being given. */
    public static final List<Integer> SIZES = List.of(1024, 2048, 4096, 8192, 16384);

    /** After so long a quick run begins nothing new: it is to end within 2 minutes. */
    private static final Duration QUICK_LIMIT = Duration.ofSeconds(90);

    private static final List<GpuType> TYPES = List.of(GpuType.BF16, GpuType.I8, GpuType.TF32, GpuType.F16);
    private static final long SEED = 1;

    private final boolean quick;
    private final List<Integer> sizes;
    private final Consumer<String> progress;
    private final List<GpuMeasured> measured = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private String denseAbsent = "";
    private String broken = "";

    private GpuTable(boolean quick, List<Integer> sizes, Consumer<String> progress) {
        this.quick = quick;
        this.sizes = sizes;
        this.progress = progress;
    }

    /**
     * What came out.
     *
     * @param started when
     * @param took how long
     * @param quick whether it had to be quick
     * @param measured all that was measured, size by size
     * @param skipped what was not, and why
     * @param denseAbsent why there is no dense product; empty if there is
     * @param broken what ended it before all was measured; empty if nothing did
     * @param device name, driver and version
     * @param environment of the process
     */
    public record Report(
            ZonedDateTime started,
            Duration took,
            boolean quick,
            List<GpuMeasured> measured,
            List<String> skipped,
            String denseAbsent,
            String broken,
            Map<String, String> device,
            Environment environment) {
        /** Copies the lists, and the map in its order. */
        public Report {
            measured = List.copyOf(measured);
            skipped = List.copyOf(skipped);
            device = new LinkedHashMap<>(device);
        }

        /**
         * Whether all results that were timed are correct.
         *
         * @return whether every checked element is within its bound
         */
        public boolean correct() {
            return measured.stream().allMatch(each -> each.maxErrorOverBound() <= 1);
        }
    }

    /**
     * Refuses to begin where nothing can run.
     *
     * @throws InvalidInputException with the reason, if there is no device
     */
    public static void requireDevice() {
        GpuSpmm.available("--gpu");
    }

    /**
     * How many products there are.
     *
     * @param sizes of each type
     * @return their number
     */
    public static int steps(List<Integer> sizes) {
        return TYPES.size() * sizes.size();
    }

    /**
     * Measures.
     *
     * @param quick less time for each
     * @param sizes outputs, inputs and batch
     * @param progress is told of each product before it is measured
     * @return what came out
     * @throws InvalidInputException if there is no device, with the reason
     */
    public static Report run(boolean quick, List<Integer> sizes, Consumer<String> progress) {
        return new GpuTable(quick, sizes, progress).run();
    }

    private Report run() {
        GpuCapabilities capabilities = GpuSpmm.available("--gpu");
        ZonedDateTime started = ZonedDateTime.now(ZoneId.systemDefault());
        long start = System.nanoTime();
        try (GpuContext context =
                        GpuContext.open(GpuDescription.device(capabilities).ordinal());
                GpuStream stream = GpuStream.open(context)) {
            for (int size : sizes) {
                for (GpuType type : TYPES) {
                    String name = type + " " + size + "³";
                    progress.accept(name);
                    Duration passed = Duration.ofNanos(System.nanoTime() - start);
                    long needed = GpuPair.bytes(type, size, size, size);
                    if (quick && passed.compareTo(QUICK_LIMIT) > 0) {
                        skipped.add(name + ": the " + QUICK_LIMIT.toSeconds() + " s of --quick were over");
                    } else if (needed > context.freeBytes()) {
                        skipped.add(name + ": " + (needed >> 20) + " MiB do not fit the " + (context.freeBytes() >> 20)
                                + " MiB that are free");
                    } else {
                        measured.add(measure(context, stream, type, size));
                        stream.trim();
                    }
                }
            }
        } catch (GpuException e) {
            if (measured.isEmpty()) {
                throw e;
            }
            broken = e.getMessage(); // what was measured before is true all the same
        }
        Map<String, Environment.Library> libraries = new LinkedHashMap<>();
        libraries.put("cusparselt", GpuDescription.library(capabilities, capabilities.cusparselt()));
        if (denseAbsent.isEmpty()) {
            libraries.put(SpmmBenchmark.GPU_PEER, GpuDescription.library(capabilities, capabilities.cublaslt()));
        }
        return new Report(
                started,
                Duration.ofNanos(System.nanoTime() - start),
                quick,
                measured,
                skipped,
                denseAbsent,
                broken,
                GpuDescription.of(capabilities),
                Environment.current(libraries));
    }

    private GpuMeasured measure(GpuContext context, GpuStream stream, GpuType type, int size) {
        GpuData data = new GpuData(stream);
        try (GpuPair pair = new GpuPair(context, stream, type, size, size, size, true)) {
            denseAbsent = pair.hasDense() ? "" : pair.denseAbsent();
            data.fill(pair.x(), SEED + 1);
            double pruneMs = pair.prune(() -> data.fill(pair.w(), SEED));
            double compressMs = pair.compress();
            double planMs = pair.plan();
            double searchMs = pair.search(quick ? 5 : 20);
            List<Times> times = pair.time(quick ? 0.5 : 3, seconds -> {});
            Map<String, String> clocks = NvidiaSmi.ask();
            pair.spoil();
            pair.multiplySparse();
            double error = GpuCheck.worst(pair, type, data, SEED);
            if (pair.hasDense()) {
                pair.spoil();
                pair.multiplyDense();
                error = Math.max(error, GpuCheck.worst(pair, type, data, SEED));
            }
            return new GpuMeasured(
                    type,
                    size,
                    times.get(0),
                    times.size() > 1 ? times.get(1) : null,
                    planMs,
                    pruneMs,
                    compressMs,
                    searchMs,
                    error,
                    clocks);
        }
    }
}
