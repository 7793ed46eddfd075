package dev.rewire.bench.gpu;

import dev.rewire.bench.Times;
import dev.rewire.gpu.GpuType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A square product on a device, sparse and dense.
 *
 * @param type of the operands
 * @param size outputs, inputs and batch
 * @param sparse times of cuSPARSELt with the algorithm that its search found
 * @param dense times of cuBLASLt with the fastest that its heuristic proposed; null if there is no cuBLASLt
 * @param planMs time that the host takes for a plan
 * @param pruneMs time to prune W on the device
 * @param compressMs time to compress it there
 * @param searchMs time of cuSPARSELt's search
 * @param maxErrorOverBound the largest error of either over its bound, on a sample; at most 1 if they are correct
 * @param clocks what {@code nvidia-smi} says right after
 */
public record GpuMeasured(
        GpuType type,
        int size,
        Times sparse,
        @Nullable Times dense,
        double planMs,
        double pruneMs,
        double compressMs,
        double searchMs,
        double maxErrorOverBound,
        Map<String, String> clocks) {
    private static final double FLOPS_OF_TFLOPS_MS = 1e9;

    /** Copies the map in its order. */
    public GpuMeasured {
        clocks = new LinkedHashMap<>(clocks);
    }

    /**
     * Rate over the multiplications of the dense product, whoever computes.
     *
     * @param times whose best run
     * @return 10¹² operations in a second, two for each element of W and sample
     */
    public double teraflops(Times times) {
        return 2.0 * size * size * size / times.bestMs() / FLOPS_OF_TFLOPS_MS;
    }

    /**
     * Best run of the dense product over best run of the sparse one.
     *
     * @return NaN if there is no dense one
     */
    public double speedup() {
        return dense == null ? Double.NaN : dense.bestMs() / sparse.bestMs();
    }

    /**
     * The type as it is reported.
     *
     * @return {@code f16}, {@code bf16}, {@code i8} or {@code tf32}
     */
    public String typeName() {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
