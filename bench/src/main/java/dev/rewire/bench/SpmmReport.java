package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a measurement.
 *
 * @param settings how it was measured
 * @param pattern of the sparse matrix
 * @param nm the pattern as N:M, if that is what was multiplied
 * @param nonzeros elements that are not zero by construction
 * @param plan what Rewire's plan says of itself
 * @param times of Rewire
 * @param peers of each peer that was asked for, in that order
 * @param planMs median time to make a plan
 * @param maxErrorOverBound the largest |y − ŷ| / (γ_k · Σ|x||w|), at most 1 if the result is correct
 * @param gpu what is known of the GPU that computed; null on the CPU
 * @param doubt that it is a second measurement, or should be; null if the first was believed
 * @param environment where it was measured
 */
public record SpmmReport(
        SpmmSettings settings,
        BlockPattern pattern,
        @Nullable NmPattern nm,
        long nonzeros,
        String plan,
        Times times,
        Map<String, Peer> peers,
        double planMs,
        double maxErrorOverBound,
        @Nullable GpuRun gpu,
        @Nullable Doubt doubt,
        Environment environment) {
    private static final double FLOPS_OF_GFLOPS_MS = 1e6;

    /** Copies the map in its order. */
    public SpmmReport {
        peers = new LinkedHashMap<>(peers);
    }

    /**
     * The same, not believed.
     *
     * @param because why, and what became of it
     * @return a copy
     */
    public SpmmReport doubted(Doubt because) {
        return again(times, peers, planMs, maxErrorOverBound, because);
    }

    /**
     * The same product as it was measured again.
     *
     * @param newTimes of Rewire
     * @param newPeers of each peer, in the same order
     * @param newPlanMs median time to make a plan
     * @param newError the largest error over its bound
     * @param because why the first was not believed
     * @return another report
     */
    public SpmmReport again(
            Times newTimes, Map<String, Peer> newPeers, double newPlanMs, double newError, Doubt because) {
        return new SpmmReport(
                settings,
                pattern,
                nm,
                nonzeros,
                plan,
                newTimes,
                newPeers,
                newPlanMs,
                newError,
                gpu,
                because,
                environment);
    }

    /** What is known of a peer. */
    public sealed interface Peer {
        /**
         * It was timed.
         *
         * @param times of its product, dense or sparse
         */
        record Measured(Times times) implements Peer {}

        /**
         * It was not.
         *
         * @param reason why
         */
        record Absent(String reason) implements Peer {}
    }

    /**
     * Rate of Rewire's best run over the multiplications that it does.
     *
     * @return 10⁹ floating-point operations in a second, two for each stored element and sample
     */
    public double gflops() {
        return gflops(times);
    }

    private double gflops(Times of) {
        return 2.0 * pattern.storedElements() * settings.batch() / of.bestMs() / FLOPS_OF_GFLOPS_MS;
    }

    /**
     * Rate over the multiplications that the dense product would do.
     *
     * @param of whose best run
     * @return 10⁹ floating-point operations in a second, two for each element of the matrix and sample
     */
    public double denseGflops(Times of) {
        return 2.0 * pattern.rows() * pattern.cols() * settings.batch() / of.bestMs() / FLOPS_OF_GFLOPS_MS;
    }

    /**
     * Rate of a peer over the multiplications that it does: all of the dense product, or those with stored elements.
     *
     * @param peer its name
     * @param of its runs
     * @return 10⁹ floating-point operations in a second
     */
    public double gflops(String peer, Times of) {
        return Peers.isDense(peer) ? denseGflops(of) : gflops(of);
    }

    /**
     * Best run of the fastest dense peer over our best run.
     *
     * @return empty if no dense peer was measured
     */
    public OptionalDouble speedupVsBestDense() {
        return peers.entrySet().stream()
                .filter(peer -> Peers.isDense(peer.getKey()))
                .flatMap(peer -> peer.getValue() instanceof Peer.Measured measured
                        ? Stream.of(measured.times().bestMs())
                        : Stream.empty())
                .mapToDouble(bestMs -> bestMs / times.bestMs())
                .min();
    }

    /** The times of whoever was timed, by name: the first, and the peers that are not absent. */
    private Map<String, Times> timed() {
        Map<String, Times> timed = new LinkedHashMap<>();
        timed.put(name(), times);
        peers.forEach((name, peer) -> {
            if (peer instanceof Peer.Measured measured) {
                timed.put(name, measured.times());
            }
        });
        return timed;
    }

    /**
     * Who computes the sparse product.
     *
     * @return {@code rewire}, on a GPU {@code cusparselt}
     */
    public String name() {
        return gpu == null ? "rewire" : "cusparselt";
    }

    /**
     * Whether something else took the processor during the runs. It slows long runs more often than short ones, so that even the best
     * run of a dense peer may be a slow one.
     *
     * @return whether someone's median is far from his best
     */
    public boolean disturbed() {
        return timed().values().stream().anyMatch(Times::disturbed);
    }

    /**
     * Who was still getting faster when his warm-up had taken so long that it ended.
     *
     * @return names, {@link #name} or a peer's
     */
    public List<String> unsettled() {
        return timed().entrySet().stream()
                .filter(each -> !each.getValue().warmUp().settled())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Whether the result that was timed is correct.
     *
     * @return whether every checked element is within its bound
     */
    public boolean correct() {
        return maxErrorOverBound <= 1;
    }
}
