package dev.rewire.training;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.WeightOverride;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In what form a configuration stores some weights.
 *
 * @param sparsity of their own, 0 if they are dense; null if the network's distribution decides
 * @param blockRows rows of a block
 * @param blockCols columns of a block
 * @param nm N:M, or null for blocks
 */
record WeightForm(
        @Nullable Double sparsity,
        int blockRows,
        int blockCols,
        @Nullable NmSparsity nm) {
    /**
     * The forms of all weights of a network.
     *
     * @throws InvalidConfigException if an override is about no weights, or cannot be had of those that it is about
     */
    static List<WeightForm> of(TrainingConfig config, List<WeightSpec> weights) {
        BitSet nm = nm(config, weights);
        List<WeightForm> forms = new ArrayList<>();
        for (int w = 0; w < weights.size(); w++) {
            boolean dense = config.method() == Method.DENSE
                    || config.nm() != null
                    || weights.get(w).shape().dense();
            forms.add(new WeightForm(
                    dense ? 0.0 : null, config.blockRows(), config.blockCols(), nm.get(w) ? config.nm() : null));
        }
        for (WeightOverride override : config.overrides()) {
            boolean used = false;
            for (int w = 0; w < forms.size(); w++) {
                WeightSpec spec = weights.get(w);
                if (override.matches(spec.name())) {
                    used = true;
                    requireFit(config, override, spec);
                    forms.set(w, forms.get(w).with(override));
                }
            }
            if (!used) {
                List<String> names = weights.stream().map(WeightSpec::name).toList();
                throw new InvalidConfigException(
                        "--set",
                        override,
                        "is about no weights",
                        "names of weights, or of layers that they are in: " + String.join(", ", names));
            }
        }
        return forms;
    }

    /**
     * Which weights are N:M unless some are set apart: not those of the output layer, which is small, nor where M does not divide the inputs (with transposable
     * masks outputs, too).
     */
    static BitSet nm(TrainingConfig config, List<WeightSpec> weights) {
        NmSparsity nm = config.nm();
        BitSet which = new BitSet();
        for (int w = 0; nm != null && w < weights.size() - 1; w++) {
            WeightSpec spec = weights.get(w);
            which.set(w, !spec.shape().dense() && fits(nm, config, spec));
        }
        return which;
    }

    private static boolean fits(NmSparsity nm, TrainingConfig config, WeightSpec spec) {
        LayerShape shape = spec.shape();
        boolean transposable =
                config.method() == Method.SR_STE && config.srSte().transposable();
        return spec.tap() == 0
                && shape.columns() % nm.m() == 0
                && !(transposable && (shape.out() % nm.m() != 0 || nm.m() > TrainingConfig.MOST_TRANSPOSABLE_M));
    }

    private static void requireFit(TrainingConfig config, WeightOverride override, WeightSpec spec) {
        if (override.nm() != null && !fits(override.nm(), config, spec)) {
            throw new InvalidConfigException(
                    "--set",
                    override,
                    "cannot be had of " + spec.name() + ", which is "
                            + spec.shape().out() + "x" + spec.shape().columns(),
                    "N:M of which M divides the inputs of linear weights, and with --transposable the outputs");
        }
    }

    private WeightForm with(WeightOverride override) {
        if (override.nm() != null) {
            return new WeightForm(0.0, blockRows, blockCols, override.nm());
        }
        Double ownSparsity = override.sparsity() == null ? sparsity : override.sparsity();
        return override.blockRows() == 0
                ? new WeightForm(ownSparsity, blockRows, blockCols, null)
                : new WeightForm(ownSparsity, override.blockRows(), override.blockCols(), null);
    }

    boolean isDense() {
        return nm == null && sparsity != null && sparsity == 0;
    }
}
