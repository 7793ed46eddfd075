package dev.rewire.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.Workers;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One product on one matrix, timed beside its peers in this process, in turns, and checked. */
public final class SpmmBenchmark {
    /** Names of peers that settings may have. */
    public static final List<String> PEERS = Peers.NAMES;

    /** Those of them that are libraries, and not loops of our own. */
    public static final List<String> LIBRARY_PEERS = Peers.LIBRARIES;

    /** Name of the dense peer on a GPU. */
    public static final String GPU_PEER = "cublaslt";

    /**
     * Whether a peer multiplies all elements of the matrix, and not only the stored ones.
     *
     * @param name out of {@link #PEERS}, or {@link #GPU_PEER}
     * @return whether it computes the dense product
     */
    public static boolean isDensePeer(String name) {
        return Peers.isDense(name);
    }

    /** Rows and columns that panels may have. */
    public static final int LONGEST_SIDE = Integer.MAX_VALUE / 64 - 64;

    private final SpmmSettings settings;
    private final SparseInput input;
    private final SpmmProgress progress;
    private final Map<String, Peer> peers = new LinkedHashMap<>();
    private final Map<String, Environment.Library> libraries = new LinkedHashMap<>();

    /** Rewire, then the peers in {@code present}. */
    private final List<Contender> contenders = new ArrayList<>();

    private final List<String> present = new ArrayList<>();

    private SpmmBenchmark(SpmmSettings settings, SparseInput input, SpmmProgress progress) {
        this.settings = settings;
        this.input = input;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param settings how
     * @param input the sparse matrix
     * @param progress is told how far it is, once the input has been found to fit
     * @return what came out
     * @throws InvalidInputException if the operands do not fit this machine
     */
    public static SpmmReport run(SpmmSettings settings, SparseInput input, SpmmProgress progress) {
        return new SpmmBenchmark(settings, input, progress).run();
    }

    private SpmmReport run() {
        long memory = memory();
        checkSize(settings, input, memory);
        long needed = bytesOfOperands(settings, input);
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(settings.threads())) {
            SpmmProblem problem = SpmmProblem.draw(arena, input, settings);
            RewireContender rewire = RewireContender.of(arena, problem, settings.layout(), workers, settings.choice());
            contenders.add(rewire);
            for (String peer : settings.peers()) {
                addPeer(peer, problem, arena, memory - needed);
            }
            List<Times> times = time();
            double error = ErrorBound.worst(problem, rewire, false, settings.seed());
            reportPeers(problem, times);
            return new SpmmReport(
                    settings,
                    input.pattern(),
                    input.nm(),
                    input.nonzeros(),
                    rewire.description(),
                    times.get(0),
                    peers,
                    PlanTime.measure(problem, settings.layout(), workers, settings.choice()),
                    error,
                    null,
                    null,
                    Environment.current(libraries));
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private List<Times> time() {
        progress.start(settings.seconds());
        try {
            return new Interleaved(contenders, settings.threads() > 1, progress::at).time(settings.seconds());
        } finally {
            progress.stop();
        }
    }

    private void addPeer(String name, SpmmProblem problem, KernelArena arena, long memory) {
        // Its place in the order of peers; the times are not known yet.
        peers.put(name, new Peer.Absent("not timed"));
        try {
            Peers.Present peer = Peers.prepare(name, problem, arena, settings.threads(), memory);
            contenders.add(peer.contender());
            present.add(name);
            Environment.Library library = peer.library();
            if (library != null) {
                libraries.put(peer.libraryName(), library);
            }
        } catch (UnavailableException e) {
            peers.put(name, new Peer.Absent(e.reason()));
        }
    }

    private void reportPeers(SpmmProblem problem, List<Times> times) {
        for (int i = 0; i < present.size(); i++) {
            String name = present.get(i);
            // A peer that computes something else is no yardstick.
            double error =
                    ErrorBound.worstOfSample(problem, contenders.get(i + 1), Peers.isDense(name), settings.seed());
            if (error > 1) {
                throw new IllegalStateException(name + ": its result is off by " + error + " times the bound");
            }
            peers.put(name, new Peer.Measured(times.get(i + 1)));
        }
    }

    /**
     * Refuses operands that do not fit this machine.
     *
     * @param settings how is measured
     * @param input the sparse matrix
     * @throws InvalidInputException naming what does not fit
     */
    public static void checkSize(SpmmSettings settings, SparseInput input) {
        checkSize(settings, input, memory());
    }

    private static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static void checkSize(SpmmSettings settings, SparseInput input, long memory) {
        BlockPattern pattern = input.pattern();
        long needed = bytesOfOperands(settings, input);
        if (Math.max(pattern.rows(), pattern.cols()) > LONGEST_SIDE) {
            throw new InvalidInputException("matrix of " + pattern.rows() + "×" + pattern.cols()
                    + ": too large; accepted are up to " + LONGEST_SIDE + " rows and columns");
        }
        if (needed > memory) {
            throw new InvalidInputException("--batch " + settings.batch() + ": operands of " + mebibytes(needed)
                    + " with a matrix of " + pattern.rows() + "×" + pattern.cols() + "; accepted is what fits "
                    + mebibytes(memory) + " of memory");
        }
    }

    /** Values of the oracle, of Rewire and of a result; the dense operands, as much again for panels and outputs, and for a feature-major copy. */
    private static long bytesOfOperands(SpmmSettings settings, SparseInput input) {
        BlockPattern pattern = input.pattern();
        long copies = settings.layout() == Layout.FEATURE_MAJOR ? 3 : 2;
        return 4
                * (3 * pattern.storedElements() + copies * settings.batch() * (pattern.rows() + (long) pattern.cols()));
    }

    static String mebibytes(long bytes) {
        return ((bytes + (1 << 20) - 1) >> 20) + " MiB";
    }
}
