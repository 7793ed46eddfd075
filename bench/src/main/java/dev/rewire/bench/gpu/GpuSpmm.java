package dev.rewire.bench.gpu;

import dev.rewire.bench.Environment;
import dev.rewire.bench.ErrorBound;
import dev.rewire.bench.GpuRun;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.Product;
import dev.rewire.bench.Rounding;
import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmProblem;
import dev.rewire.bench.SpmmProgress;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.Times;
import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One product on one 2:4 matrix, timed on the device beside the dense one, in turns, and checked. */
public final class GpuSpmm {
    /** What NVIDIA's own benchmarks take is of this order. */
    private static final int SEARCH_ITERATIONS = 20;

    private final SpmmSettings settings;
    private final SparseInput input;
    private final SpmmProgress progress;
    private final GpuType type;

    private GpuSpmm(SpmmSettings settings, SparseInput input, SpmmProgress progress) {
        this.settings = settings;
        this.input = input;
        this.progress = progress;
        type = type(settings.values());
    }

    /**
     * What tensor cores multiply of weights that are stored so.
     *
     * @param values how
     * @return the type; TF32 of 32-bit floats
     */
    public static GpuType type(ValueType values) {
        return switch (values) {
            case F16 -> GpuType.F16;
            case BF16 -> GpuType.BF16;
            case F32 -> GpuType.TF32;
        };
    }

    /** How the device computes with weights and samples that are stored so. */
    static Rounding rounding(ValueType values) {
        return switch (values) {
            case F16 -> Rounding.tensorCores(values.unitRoundoff(), 0x1p-25, 65504);
            case BF16 -> Rounding.tensorCores(values.unitRoundoff(), 0x1p-134, 0x1.fep127);
            case F32 -> Rounding.tf32();
        };
    }

    /**
     * The device of this machine.
     *
     * @param option that asks for it
     * @return what it can do
     * @throws InvalidInputException with the reason, if there is none
     */
    public static GpuCapabilities available(String option) {
        GpuCapabilities capabilities = GpuCapabilities.current();
        GpuDescription.unavailable(capabilities).ifPresent(reason -> {
            throw new InvalidInputException(
                    option + ": no GPU can be had here (" + reason + "); accepted are machines with one");
        });
        return capabilities;
    }

    /**
     * Measures.
     *
     * @param settings how, as {@code spmm --device gpu} accepts
     * @param input the sparse matrix, N:M as its type asks for
     * @param progress is told how far it is
     * @return what came out
     * @throws InvalidInputException if there is no device, with the reason, or the operands do not fit
     */
    public static SpmmReport run(SpmmSettings settings, SparseInput input, SpmmProgress progress) {
        return new GpuSpmm(settings, input, progress).run();
    }

    private SpmmReport run() {
        checkSide("--rows", input.pattern().rows());
        checkSide("--cols", input.pattern().cols());
        GpuCapabilities capabilities = available("--device gpu");
        SpmmBenchmark.checkSize(settings, input);
        try (KernelArena arena = KernelArena.open();
                GpuContext context =
                        GpuContext.open(GpuDescription.device(capabilities).ordinal());
                GpuStream stream = GpuStream.open(context)) {
            SpmmProblem problem = SpmmProblem.draw(arena, input, settings);
            round(problem.input());
            SemiStructuredMatrix weights = weights(arena, problem);
            checkDevice(context, weights);
            boolean withDense = !settings.peers().isEmpty();
            try (GpuPair pair = new GpuPair(
                    context,
                    stream,
                    type,
                    weights.pattern().rows(),
                    weights.pattern().cols(),
                    settings.batch(),
                    withDense)) {
                return report(capabilities, arena, stream, problem, weights, pair);
            }
        }
    }

    private SpmmReport report(
            GpuCapabilities capabilities,
            KernelArena arena,
            GpuStream stream,
            SpmmProblem problem,
            SemiStructuredMatrix weights,
            GpuPair pair) {
        pair.x().upload(problem.input(), stream);
        // Pruning has to find elements that are not zero, and these are: 0x3C3C.
        double pruneMs = pair.prune(() -> pair.w().buffer().fill((byte) 0x3C, stream));
        pair.sparse().upload(weights, pair.w().buffer(), stream);
        double compressMs = pair.compress();
        double planMs = pair.plan();
        pair.sparse().assign(weights, stream);
        double searchMs = pair.search(SEARCH_ITERATIONS);
        progress.start(settings.seconds());
        List<Times> times;
        try {
            times = pair.time(settings.seconds(), progress::at);
        } finally {
            progress.stop();
        }
        Map<String, String> device = GpuDescription.withClocks(capabilities);
        double error = error(arena, stream, problem, pair, false);
        Map<String, Peer> peers = new LinkedHashMap<>();
        Map<String, Environment.Library> libraries = new LinkedHashMap<>();
        libraries.put("cusparselt", GpuDescription.library(capabilities, capabilities.cusparselt()));
        if (pair.hasDense()) {
            double denseError = error(arena, stream, problem, pair, true);
            if (denseError > 1) {
                throw new IllegalStateException(
                        SpmmBenchmark.GPU_PEER + ": its result is off by " + denseError + " times the bound");
            }
            peers.put(SpmmBenchmark.GPU_PEER, new Peer.Measured(times.get(1)));
            libraries.put(SpmmBenchmark.GPU_PEER, GpuDescription.library(capabilities, capabilities.cublaslt()));
        } else if (!settings.peers().isEmpty()) {
            peers.put(SpmmBenchmark.GPU_PEER, new Peer.Absent(pair.denseAbsent()));
        }
        return new SpmmReport(
                settings,
                input.pattern(),
                input.nm(),
                input.nonzeros(),
                "cuSPARSELt",
                times.get(0),
                peers,
                planMs,
                error,
                new GpuRun(type.name().toLowerCase(Locale.ROOT), pruneMs, compressMs, searchMs, device),
                null,
                Environment.current(libraries));
    }

    /** Runs once more, into memory that held no result, and compares. */
    private double error(KernelArena arena, GpuStream stream, SpmmProblem problem, GpuPair pair, boolean dense) {
        pair.spoil();
        if (dense) {
            pair.multiplyDense();
        } else {
            pair.multiplySparse();
        }
        DenseMatrix y = DenseMatrix.allocate(arena, settings.batch(), problem.width());
        pair.y().download(y, stream);
        return ErrorBound.worst(problem, y::get, dense, rounding(settings.values()), settings.seed());
    }

    private SemiStructuredMatrix weights(KernelArena arena, SpmmProblem problem) {
        if (!(problem.weights() instanceof SemiStructuredMatrix nm)) {
            throw new IllegalArgumentException("input: blocks; accepted are N:M matrices");
        }
        return settings.product() == Product.FORWARD ? nm : nm.transpose(arena);
    }

    /** Samples as the device multiplies them, so that its arithmetic is checked and not their rounding. TF32 is rounded by the device. */
    private void round(DenseMatrix samples) {
        try (KernelArena scratch = KernelArena.open()) {
            MemorySegment one = scratch.allocate(Float.BYTES);
            for (int row = 0; row < samples.rows(); row++) {
                for (int col = 0; col < samples.cols(); col++) {
                    settings.values().set(one, 0, samples.get(row, col));
                    samples.set(row, col, settings.values().get(one, 0));
                }
            }
        }
    }

    private void checkSide(String option, int side) {
        if (side < 1 || side % type.multiple() != 0) {
            throw new InvalidInputException(option + ": " + side + " with --device gpu; accepted are multiples of "
                    + type.multiple() + " with --values "
                    + settings.values().name().toLowerCase(Locale.ROOT));
        }
    }

    private void checkDevice(GpuContext context, SemiStructuredMatrix weights) {
        long needed =
                GpuPair.bytes(type, weights.pattern().rows(), weights.pattern().cols(), settings.batch());
        long free = context.freeBytes();
        if (needed > free) {
            throw new InvalidInputException("--batch " + settings.batch() + ": operands of " + (needed >> 20)
                    + " MiB; accepted is what fits the device, of which " + (free >> 20) + " MiB are free");
        }
    }
}
