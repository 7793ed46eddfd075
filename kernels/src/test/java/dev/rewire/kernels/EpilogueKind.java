package dev.rewire.kernels;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;

/** Every combination that {@link Epilogue} accepts. */
enum EpilogueKind {
    NONE(false, false, false, false),
    BIAS(false, true, false, false),
    RELU(false, false, true, false),
    BIAS_RELU(false, true, true, false),
    MASK(false, false, false, true),
    BIAS_MASK(false, true, false, true),
    ACCUMULATE(true, false, false, false),
    ACCUMULATE_BIAS(true, true, false, false),
    ACCUMULATE_RELU(true, false, true, false),
    ACCUMULATE_BIAS_RELU(true, true, true, false),
    ACCUMULATE_MASK(true, false, false, true),
    ACCUMULATE_BIAS_MASK(true, true, false, true),
    SCALED(false, false, false, false, Activation.NONE, 2),
    SCALED_RELU(true, true, true, false, Activation.RELU, -2),
    SCALED_MASK(false, true, false, true, Activation.NONE, 4);

    final boolean accumulate;
    final boolean bias;
    final boolean relu;
    final boolean mask;
    final Activation activation;
    /** A power of two, by which sums stay exact and whole. */
    final float scale;

    EpilogueKind(boolean accumulate, boolean bias, boolean relu, boolean mask) {
        this(accumulate, bias, relu, mask, relu ? Activation.RELU : Activation.NONE, 1);
    }

    EpilogueKind(boolean accumulate, boolean bias, boolean relu, boolean mask, Activation activation, float scale) {
        this.accumulate = accumulate;
        this.bias = bias;
        this.relu = relu;
        this.mask = mask;
        this.activation = activation;
        this.scale = scale;
    }

    /** Those that row-major operands can have. */
    static final class RowMajor implements ArbitrarySupplier<EpilogueKind> {
        @Override
        public Arbitrary<EpilogueKind> get() {
            return Arbitraries.of(
                    Arrays.stream(values()).filter(kind -> !kind.mask).toList());
        }
    }
}
