package dev.rewire.bench.suite;

import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmReport.Peer;
import dev.rewire.bench.Times;
import java.util.Optional;

/**
 * A point and what came out.
 *
 * @param point what was measured
 * @param report what came out
 */
public record Measured(Point point, SpmmReport report) {
    /**
     * The share that was not stored, which whole blocks round.
     *
     * @return 0 to 1
     */
    public double sparsity() {
        return 1 - report.pattern().density();
    }

    /**
     * Operations for each byte of operands, each of them read or written once: values, X and Y. The pattern's index is left out.
     *
     * @return operations per byte
     */
    public double intensity() {
        return intensity(report.pattern().storedElements());
    }

    /**
     * The same of the dense product.
     *
     * @return operations per byte
     */
    public double denseIntensity() {
        return intensity((long) point.rows() * point.cols());
    }

    private double intensity(long elements) {
        double batch = point.settings().batch();
        double bytes = Float.BYTES * (elements + batch * point.rows() + batch * point.cols());
        return 2 * elements * batch / bytes;
    }

    /** The times of a peer, if it was measured. */
    Optional<Times> peer(String name) {
        return report.peers().get(name) instanceof Peer.Measured measured
                ? Optional.of(measured.times())
                : Optional.empty();
    }
}
