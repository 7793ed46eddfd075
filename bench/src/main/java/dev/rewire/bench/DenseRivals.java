package dev.rewire.bench;

import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.Workers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The dense products of one shape and batch, Rewire's own and the peers': warmed up once, so that many sparse products can be timed beside them in turns in
 * little time. What they multiply are other values than a sparse product's, which makes no difference to their times.
 */
public final class DenseRivals implements AutoCloseable {
    /** Rewire multiplies a dense matrix as one that stores all of these blocks. */
    private static final int BLOCK = 16;

    /** Of two who are equally fast one wins as many in a row once in 128 times. */
    private static final int LEAST_ROUNDS = 8;

    private final SpmmSettings settings;
    private final KernelArena arena;
    private final Workers workers;

    /** Rewire's own, then the peers in {@code present}. */
    private final List<Contender> contenders = new ArrayList<>();

    private final List<Settling> settling = new ArrayList<>();
    private final List<String> present = new ArrayList<>();
    private final Map<String, Peer> peers = new LinkedHashMap<>();
    private final Environment environment;

    /**
     * A sparse product beside its rivals.
     *
     * @param report as of a measurement alone; the plan's time is that of one plan, the error that of a small sample
     * @param plan what the plan of the sparse product says of itself
     * @param ownDense times of Rewire's dense product
     * @param againstOwnDense the sparse product beside it
     * @param againstDense the sparse product beside each dense peer, by name
     * @param againstOtherChoice the sparse product beside the same on what its plan did not choose, stored values or a dense matrix; null where that is out of the question: it
     *     multiplies stored values, and the dense product without the copying is slower
     */
    public record Race(
            SpmmReport report,
            String plan,
            Times ownDense,
            Pairs againstOwnDense,
            Map<String, Pairs> againstDense,
            @Nullable Pairs againstOtherChoice) {}

    /**
     * Prepares dense products.
     *
     * @param settings the product, its batch, and whom to measure beside; of the peers those that are dense
     * @param rows outputs
     * @param cols inputs
     * @throws InvalidInputException if the operands do not fit this machine
     * @throws IllegalStateException if one of them computes something else
     */
    public DenseRivals(SpmmSettings settings, int rows, int cols) {
        SparseInput full = SparseInput.generated(rows, cols, BLOCK, BLOCK, 0, settings.seed());
        SpmmBenchmark.checkSize(settings, full);
        this.settings = settings;
        environment = Environment.current(settings.peers(), settings.threads());
        workers = Workers.of(settings.threads());
        arena = KernelArena.open();
        try {
            SpmmProblem problem = SpmmProblem.draw(arena, full, settings);
            add(
                    "rewire's dense product",
                    problem,
                    RewireContender.of(arena, problem, settings.layout(), workers, PlanChoice.STORED));
            settings.peers().stream().filter(Peers::isDense).forEach(name -> addPeer(name, problem));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void addPeer(String name, SpmmProblem problem) {
        try {
            Peers.Present peer = Peers.prepare(name, problem, arena, settings.threads(), Long.MAX_VALUE);
            add(name, problem, peer.contender());
            present.add(name);
        } catch (UnavailableException e) {
            peers.put(name, new Peer.Absent(e.reason()));
        }
    }

    private void add(String name, SpmmProblem problem, Contender contender) {
        contenders.add(contender);
        settling.add(new Settling(settings.seconds()));
        contender.run();
        double error = ErrorBound.worstOfSample(problem, contender, true, settings.seed());
        if (error > 1) {
            throw new IllegalStateException(name + ": its result is off by " + error + " times the bound");
        }
    }

    /**
     * Times a sparse product beside them.
     *
     * @param input the sparse matrix, of their shape
     * @return what came out
     */
    public Race race(SparseInput input) {
        try (KernelArena own = KernelArena.open()) {
            SpmmProblem problem = SpmmProblem.draw(own, input, settings);
            double planMs = PlanTime.once(problem, settings.layout(), workers, settings.choice()) / 1e6;
            RewireContender sparse = RewireContender.of(own, problem, settings.layout(), workers, settings.choice());
            List<Contender> all = new ArrayList<>(contenders);
            all.addFirst(sparse);
            List<Settling> allSettling = new ArrayList<>(settling);
            allSettling.addFirst(new Settling(settings.seconds()));
            long[][] nanos = new Interleaved(all, settings.threads() > 1, passed -> {})
                    .rounds(allSettling, LEAST_ROUNDS, settings.seconds());
            List<Times> times = new ArrayList<>();
            for (int i = 0; i < nanos.length; i++) {
                times.add(Times.of(nanos[i], allSettling.get(i).warmUp()));
            }
            Map<String, Peer> timed = new LinkedHashMap<>(peers);
            Map<String, Pairs> againstDense = new LinkedHashMap<>();
            for (int i = 0; i < present.size(); i++) {
                timed.put(present.get(i), new Peer.Measured(times.get(i + 2)));
                againstDense.put(present.get(i), Pairs.of(nanos[0], nanos[i + 2]));
            }
            SpmmReport report = new SpmmReport(
                    settings,
                    input.pattern(),
                    input.nm(),
                    input.nonzeros(),
                    sparse.description(),
                    times.get(0),
                    timed,
                    planMs,
                    ErrorBound.worstOfSample(problem, sparse, false, settings.seed()),
                    null,
                    null,
                    environment);
            Pairs againstOwn = Pairs.of(nanos[0], nanos[1]);
            Pairs againstOther = sparse.chosen() == PlanChoice.DENSE || againstOwn.winner() != Pairs.Winner.FIRST
                    ? againstOtherChoice(own, problem, sparse, allSettling.get(0))
                    : null;
            return new Race(report, sparse.description(), times.get(1), againstOwn, againstDense, againstOther);
        }
    }

    private Pairs againstOtherChoice(KernelArena own, SpmmProblem problem, RewireContender sparse, Settling settled) {
        PlanChoice choice = sparse.chosen() == PlanChoice.DENSE ? PlanChoice.STORED : PlanChoice.DENSE;
        Contender other = RewireContender.of(own, problem, settings.layout(), workers, choice);
        long[][] nanos = new Interleaved(List.of(sparse, other), settings.threads() > 1, passed -> {})
                .rounds(List.of(settled, new Settling(settings.seconds())), LEAST_ROUNDS, settings.seconds());
        return Pairs.of(nanos[0], nanos[1]);
    }

    @Override
    public void close() {
        Collections.reverse(contenders);
        contenders.forEach(Contender::close);
        workers.close();
        arena.close();
    }
}
