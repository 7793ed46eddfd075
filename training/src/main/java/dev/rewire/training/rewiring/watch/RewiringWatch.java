package dev.rewire.training.rewiring.watch;

import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.ParameterRewiring;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at weights before a rewiring and after it. */
public final class RewiringWatch {
    private final List<NamedParameter> weights;
    private final List<ParameterPattern> before = new ArrayList<>();
    private final double[] gradientNorms;

    /**
     * Looks at weights that will be rewired.
     *
     * @param weights those of a network, all of them sparse parameters
     * @param gradientNorms as the last update had them
     */
    public RewiringWatch(List<NamedParameter> weights, double[] gradientNorms) {
        this.weights = weights;
        this.gradientNorms = gradientNorms;
        weights.forEach(named -> before.add(((SparseParameter) named.parameter()).pattern()));
    }

    /**
     * Looks at gradients, which are there between a backward pass that computes them and the next forward pass.
     *
     * @param weights those of a network
     * @return the norm of each; NaN where the gradient is never in one piece
     */
    public static double[] gradientNorms(List<NamedParameter> weights) {
        return weights.stream()
                .mapToDouble(named -> norm(named.parameter().gradientMemory()))
                .toArray();
    }

    /**
     * Looks at them again.
     *
     * @param rewirings of the weights, which have been applied
     * @return what became of each
     */
    public List<RewiredWeights> after(List<ParameterRewiring> rewirings) {
        List<RewiredWeights> rewired = new ArrayList<>();
        for (int w = 0; w < weights.size(); w++) {
            SparseParameter parameter = (SparseParameter) weights.get(w).parameter();
            ParameterPattern now = parameter.pattern();
            PatternChange change = PatternChange.of(before.get(w), now);
            rewired.add(new RewiredWeights(
                    weights.get(w).name(),
                    parameter.nonzeros(),
                    change.dropped(),
                    change.grown(),
                    (double) rewirings.get(w).exploredWeights() / now.shape().weights(),
                    change.deadOutputs(),
                    change.deadInputs(),
                    norm(parameter.state().get(0)),
                    gradientNorms[w]));
        }
        return rewired;
    }

    /** In double precision: in several sums, which a processor adds up side by side. */
    private static double norm(@Nullable MemorySegment floats) {
        if (floats == null) {
            return Double.NaN;
        }
        long count = floats.byteSize() / Float.BYTES;
        double even = 0;
        double odd = 0;
        for (long i = 0; i + 1 < count; i += 2) {
            double first = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double second = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
            even += first * first;
            odd += second * second;
        }
        double last = count % 2 == 0 ? 0 : floats.getAtIndex(ValueLayout.JAVA_FLOAT, count - 1);
        return Math.sqrt(even + odd + last * last);
    }
}
