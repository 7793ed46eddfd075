package dev.rewire.bench;

import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.List;

/**
 * How a product is measured.
 *
 * @param product which one
 * @param batch samples, at least 1
 * @param device where it is computed
 * @param layout of our dense operands; the peers' are row-major
 * @param values how our weights are stored; the peers multiply the same values as floats
 * @param choice whether our plan multiplies stored values or a dense matrix
 * @param threads of us and of each peer
 * @param seconds how long runs are timed, after the warm-up
 * @param seed of everything that is drawn but the pattern
 * @param peers names out of {@link SpmmBenchmark#PEERS}, on the GPU {@link SpmmBenchmark#GPU_PEER}
 */
public record SpmmSettings(
        Product product,
        int batch,
        Device device,
        Layout layout,
        ValueType values,
        PlanChoice choice,
        int threads,
        double seconds,
        long seed,
        List<String> peers) {
    /** Copies the names. */
    public SpmmSettings {
        peers = List.copyOf(peers);
    }

    /**
     * Settings of a plan that chooses by itself.
     *
     * @param product which one
     * @param batch samples, at least 1
     * @param device where it is computed
     * @param layout of our dense operands
     * @param values how our weights are stored
     * @param threads of us and of each peer
     * @param seconds how long runs are timed
     * @param seed of everything that is drawn but the pattern
     * @param peers names
     */
    public SpmmSettings(
            Product product,
            int batch,
            Device device,
            Layout layout,
            ValueType values,
            int threads,
            double seconds,
            long seed,
            List<String> peers) {
        this(product, batch, device, layout, values, PlanChoice.AUTOMATIC, threads, seconds, seed, peers);
    }
}
