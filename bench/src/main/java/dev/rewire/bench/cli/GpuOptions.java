package dev.rewire.bench.cli;

import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.Product;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.gpu.GpuSpmm;
import dev.rewire.gpu.GpuType;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code spmm --device gpu} accepts. */
final class GpuOptions {
    private static final String NONE = "none";

    private GpuOptions() {}

    /**
     * Refuses what cuSPARSELt cannot compute.
     *
     * @param settings of the measurement
     * @param format of the weights
     * @param nm that is kept of each row
     * @param transposable whether the transposed weights are N:M, too
     * @throws InvalidInputException naming the option, its value and what is accepted
     */
    static void check(SpmmSettings settings, String format, NmShape nm, boolean transposable) {
        require(format.equals("nm"), "--format " + format, "--format nm");
        ValueType values = settings.values();
        GpuType type = GpuSpmm.type(values);
        String kept = type.n() + ":" + type.m();
        if (nm.n() != type.n() || nm.m() != type.m()) {
            String accepted = values == ValueType.F32
                    ? "--nm 1:2 with f32, which is multiplied as TF32; or f16 or bf16 with 2:4"
                    : "--nm " + kept + " with " + OptionValues.name(values);
            throw refused("--nm " + nm.n() + ":" + nm.m() + " with --values " + OptionValues.name(values), accepted);
        }
        Product product = settings.product();
        require(product != Product.BACKWARD_WEIGHT, "--product " + product, "forward, or backward-input");
        require(
                product != Product.BACKWARD_INPUT || transposable,
                "--product " + product,
                "it with --nm-transposable, or forward");
        Layout layout = settings.layout();
        require(layout == Layout.ROW_MAJOR, "--layout " + OptionValues.name(layout), "row-major");
    }

    private static void require(boolean accepted, String given, String instead) {
        if (!accepted) {
            throw refused(given, instead);
        }
    }

    private static InvalidInputException refused(String given, String accepted) {
        return new InvalidInputException(given + ": with --device gpu; accepted is " + accepted);
    }

    /** The peers on the GPU: the dense one unless others are named. */
    static List<String> peers(@Nullable List<String> given) {
        if (given == null || given.equals(List.of(SpmmBenchmark.GPU_PEER))) {
            return List.of(SpmmBenchmark.GPU_PEER);
        }
        if (given.equals(List.of(NONE))) {
            return List.of();
        }
        throw refused("--peers " + String.join(",", given), SpmmBenchmark.GPU_PEER + " or " + NONE);
    }
}
