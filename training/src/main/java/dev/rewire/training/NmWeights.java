package dev.rewire.training;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which weights of a network are N:M unless some are set apart: not those of the output layer, which is small, nor where M does not divide the inputs (with transposable masks outputs, too). */
final class NmWeights {
    private NmWeights() {}

    static BitSet of(@Nullable NmSparsity nm, Method method, SrSte srSte, List<WeightSpec> weights) {
        BitSet which = new BitSet();
        for (int w = 0; nm != null && w < weights.size() - 1; w++) {
            WeightSpec spec = weights.get(w);
            which.set(w, !spec.shape().dense() && fits(nm, method, srSte, spec));
        }
        return which;
    }

    /** Whether weights may be N:M. */
    static boolean fits(NmSparsity nm, Method method, SrSte srSte, WeightSpec spec) {
        LayerShape shape = spec.shape();
        boolean transposable = method == Method.SR_STE && srSte.transposable();
        return spec.tap() == 0
                && shape.columns() % nm.m() == 0
                && !(transposable && (shape.out() % nm.m() != 0 || nm.m() > TrainingConfig.MOST_TRANSPOSABLE_M));
    }
}
