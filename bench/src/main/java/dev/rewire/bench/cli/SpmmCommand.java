package dev.rewire.bench.cli;

import dev.rewire.bench.Expectation;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.Product;
import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmProgress;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.gpu.GpuSpmm;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.io.MatrixFileException;
import dev.rewire.kernels.io.SparseFile;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.training.internal.FileFailure;
import dev.rewire.training.setting.Device;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rewire spmm}. */
@Command(
        name = "spmm",
        sortOptions = false,
        usageHelpWidth = 110,
        description =
                "Times one sparse product beside the dense ones, in turns, and checks it against double precision.",
        footer = "%nW is rows × cols (outputs × inputs). forward: Y = X·Wᵀ; backward-input: dX = dY·W; backward-weight:"
                + " dW = pattern ⊙ (dYᵀ·X).%nExit status: 0 done, 2 bad usage or bad input, 1 anything else.")
final class SpmmCommand implements Callable<Integer> {
    private static final int DEFAULT_ROWS = 3072;
    private static final int DEFAULT_COLS = 768;
    private static final double DEFAULT_SPARSITY = 0.9;
    private static final double MOST_SECONDS = 3600;
    private static final NmShape DEFAULT_NM = new NmShape(2, 4);
    private static final List<String> DEFAULT_PEERS = List.of("openblas", "mkl");

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--matrix",
            paramLabel = "FILE",
            description = "a .smtx (DLMC), .mtx (Matrix Market) or .npz (SciPy) file")
    private @Nullable Path matrix;

    @Option(names = "--rows", paramLabel = "N", description = "rows of a generated W, its outputs (default: 3072)")
    private @Nullable Integer rows;

    @Option(names = "--cols", paramLabel = "K", description = "columns of a generated W, its inputs (default: 768)")
    private @Nullable Integer cols;

    @Option(
            names = "--sparsity",
            paramLabel = "S",
            description = "share of its blocks that is not stored (default: 0.9)")
    private @Nullable Double sparsity;

    @Option(
            names = "--pattern-seed",
            paramLabel = "I",
            defaultValue = "1",
            description = "seed of the pattern and of the values (default: 1)")
    private long patternSeed;

    @Option(names = "--format", paramLabel = "F", defaultValue = "bsr", description = "bsr (default) or nm")
    private String format = "bsr";

    @Option(
            names = "--block",
            paramLabel = "RxC",
            description = "shape of a block (default: 16x16, with --matrix 1x1); each that holds a nonzero is stored")
    private @Nullable BlockShape block;

    @Option(
            names = "--nm",
            paramLabel = "N:M",
            description = "with --format nm: N of each M elements of a row are kept (default: 2:4)")
    private @Nullable NmShape nm;

    @Option(
            names = "--nm-shared",
            paramLabel = "V",
            description = "with --format nm: outputs that keep the same places (default: 1)")
    private @Nullable Integer nmShared;

    @Option(
            names = "--nm-transposable",
            description = "with --format nm: the transposed matrix is N:M too; backward-input then runs on it")
    private boolean nmTransposable;

    @Option(
            names = "--values",
            paramLabel = "V",
            defaultValue = "f32",
            description =
                    "how W is stored: f32 (default), bf16 or f16, which are for forward products; the peers multiply"
                            + " the same values as floats. On the GPU f16 and bf16 are for 2:4, and f32, which is multiplied"
                            + " as TF32, for 1:2")
    private ValueType values = ValueType.F32;

    @Option(
            names = "--choice",
            paramLabel = "C",
            defaultValue = "automatic",
            description =
                    "whether Rewire multiplies stored values alone or, with zeros between them, a dense matrix: automatic"
                            + " (default: by a model), measured (by warming up both), stored, dense")
    private PlanChoice choice = PlanChoice.AUTOMATIC;

    @Option(names = "--batch", paramLabel = "B", defaultValue = "512", description = "samples (default: 512)")
    private int batch;

    @Option(
            names = "--layout",
            paramLabel = "L",
            defaultValue = "row-major",
            description =
                    "of Rewire's dense operands: row-major (default), panels or feature-major ([features][samples]); the"
                            + " peers' are row-major")
    private Layout layout = Layout.ROW_MAJOR;

    @Option(
            names = "--product",
            paramLabel = "P",
            defaultValue = "forward",
            description = "forward (default), backward-input or backward-weight")
    private Product product = Product.FORWARD;

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "cpu",
            description = "cpu (default), or gpu: cuSPARSELt, with --format nm; backward-input with --nm-transposable")
    private Device device = Device.CPU;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "1", description = "of each contender (default: 1)")
    private int threads;

    @Option(
            names = "--peers",
            paramLabel = "NAME",
            split = ",",
            description =
                    "any of openblas, mkl, mkl-csr, mkl-bsr, mkl-csr-plain, mkl-bsr-plain, and plain (loops in Java over"
                            + " CSR arrays, in one thread), separated by commas, or none; MKL is fetched (156 MB) when it is"
                            + " named (default: openblas,mkl). On the GPU: cublaslt (default) or none")
    private @Nullable List<String> peers;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "how long runs are timed, after a warm-up (default: 5)")
    private double seconds;

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    SpmmCommand(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        SpmmSettings settings = settings();
        SparseInput input = input();
        Cpu.current().tooFewFor(threads).ifPresent(line -> err.println("rewire spmm: " + line));
        SpmmProgress progress = terminal ? new SpmmProgressOnTerminal(err) : new SpmmProgressInLines(err);
        SpmmReport report = device == Device.GPU
                ? GpuSpmm.run(settings, input, progress)
                : believed(SpmmBenchmark.run(settings, input, progress));
        out.print(json ? SpmmJson.of(report, GivenCommand.provenance(spec)) : SpmmTable.of(report));
        out.flush();
        report.unsettled()
                .forEach(name -> err.println("rewire spmm: " + name
                        + " was still getting faster when its warm-up ended: the speed-up is not to be trusted"));
        SuspectText.line(report).ifPresent(line -> err.println("rewire spmm: " + line));
        if (report.disturbed()) {
            err.println(
                    "rewire spmm: half of the runs took far longer than the best: something else was running, and the"
                            + " speed-up is not to be trusted");
        }
        if (!report.correct()) {
            err.println("rewire spmm: the result is wrong, " + report.maxErrorOverBound() + " times its error bound");
            return 1;
        }
        return 0;
    }

    private SpmmReport believed(SpmmReport report) {
        Optional<String> reason = FreshJvm.isThis() ? Optional.empty() : Expectation.missed(report);
        if (reason.isEmpty()) {
            return report;
        }
        err.println("rewire spmm: measuring again in a JVM of its own: " + reason.get());
        return FreshJvm.measure(GivenCommand.arguments(spec), report, reason.get());
    }

    private SpmmSettings settings() {
        if (!format.equals("bsr") && !format.equals("nm")) {
            throw new InvalidInputException("--format " + format + ": unknown; accepted: bsr, nm");
        }
        if (device == Device.CPU && values != ValueType.F32 && product != Product.FORWARD) {
            throw new InvalidInputException("--values " + OptionValues.name(values) + ": with --product " + product
                    + "; accepted is --product forward");
        }
        // Written so that NaN is refused.
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new InvalidInputException("--seconds: " + seconds
                    + " is out of range; accepted are more than 0 and up to " + (int) MOST_SECONDS);
        }
        SpmmSettings settings = new SpmmSettings(
                product,
                inRange("--batch", batch, 1, Integer.MAX_VALUE - 64),
                device,
                layout,
                values,
                choice,
                inRange("--threads", threads, 1, Workers.MAX_THREADS),
                seconds,
                patternSeed,
                device == Device.GPU ? GpuOptions.peers(peers) : PeerNames.of(peers == null ? DEFAULT_PEERS : peers));
        if (device == Device.GPU) {
            GpuOptions.check(settings, format, nm == null ? DEFAULT_NM : nm, nmTransposable);
        }
        return settings;
    }

    private SparseInput input() {
        if (format.equals("nm")) {
            return nmInput();
        }
        refuseWithout("--nm", nm == null ? null : nm.n() + ":" + nm.m());
        refuseWithout("--nm-shared", nmShared);
        refuseWithout("--nm-transposable", nmTransposable ? true : null);
        if (matrix != null) {
            refuseWithMatrix("--rows", rows);
            refuseWithMatrix("--cols", cols);
            refuseWithMatrix("--sparsity", sparsity);
            BlockShape shape = block == null ? new BlockShape(1, 1) : block;
            return SparseInput.of(read(matrix), shape.rows(), shape.cols());
        }
        BlockShape shape = block == null ? new BlockShape(16, 16) : block;
        double share = sparsity == null ? DEFAULT_SPARSITY : sparsity;
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidInputException("--sparsity: " + share + " is out of range; accepted are 0 to 1");
        }
        return SparseInput.generated(
                side("--rows", rows, DEFAULT_ROWS),
                side("--cols", cols, DEFAULT_COLS),
                shape.rows(),
                shape.cols(),
                share,
                patternSeed);
    }

    private SparseInput nmInput() {
        refuseWithNm("--matrix", matrix);
        refuseWithNm("--sparsity", sparsity);
        refuseWithNm("--block", block == null ? null : block.rows() + "x" + block.cols());
        NmShape shape = nm == null ? DEFAULT_NM : nm;
        int outputs = side("--rows", rows, DEFAULT_ROWS);
        int inputs = side("--cols", cols, DEFAULT_COLS);
        int shared = nmShared == null ? 1 : nmShared;
        // Products have no use for others, and a report would call them something else.
        if (shared > NmPattern.MAX_SHARED_ROWS || Integer.bitCount(shared) != 1 || shared < 1) {
            throw new InvalidInputException("--nm-shared: " + shared + " is not accepted; accepted are 1, 2, 4, 8, 16");
        }
        divisible("--cols", inputs, shape.m(), "M");
        if (!nmTransposable) {
            divisible("--rows", outputs, shared, "--nm-shared");
            return SparseInput.nm(outputs, inputs, shape.n(), shape.m(), shared, patternSeed);
        }
        divisible("--rows", outputs, shape.m(), "M");
        if (shape.m() > 4 || shared > 1) {
            throw new InvalidInputException("--nm-transposable: with --nm " + shape.n() + ":" + shape.m()
                    + " and --nm-shared " + shared + "; accepted are M up to 4 and no sharing");
        }
        return SparseInput.transposableNm(outputs, inputs, shape.n(), shape.m(), patternSeed);
    }

    private static int side(String option, @Nullable Integer value, int fallback) {
        return inRange(option, value == null ? fallback : value, 0, SpmmBenchmark.LONGEST_SIDE);
    }

    private static void divisible(String option, int value, int by, String name) {
        if (value % by != 0) {
            throw new InvalidInputException(
                    option + ": " + value + " is not divisible; accepted are multiples of " + name + " = " + by);
        }
    }

    private static void refuseWithout(String option, @Nullable Object value) {
        if (value != null) {
            throw new InvalidInputException(
                    option + ": " + value + " without --format nm; accepted is it with --format nm");
        }
    }

    private static void refuseWithNm(String option, @Nullable Object value) {
        if (value != null) {
            throw new InvalidInputException(
                    option + ": " + value + " is given together with --format nm; accepted is one of the two");
        }
    }

    private static SparseFile read(Path file) {
        String accepted = "; accepted are readable .smtx, .mtx and .npz files";
        try {
            return SparseFile.read(file);
        } catch (MatrixFileException e) {
            throw new InvalidInputException("--matrix " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("--matrix " + file + ": no such file" + accepted);
        } catch (AccessDeniedException e) {
            throw new InvalidInputException("--matrix " + file + ": may not be read" + accepted);
        } catch (IOException e) {
            throw new InvalidInputException("--matrix " + file + ": " + FileFailure.reason(e) + accepted);
        }
    }

    private static void refuseWithMatrix(String option, @Nullable Number value) {
        if (value != null) {
            throw new InvalidInputException(
                    option + ": " + value + " is given together with --matrix; accepted is one of the two");
        }
    }

    private static int inRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidInputException(
                    option + ": " + value + " is out of range; accepted are " + least + " to " + most);
        }
        return value;
    }
}
