package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.NmPatternBuilder;
import dev.rewire.training.checkpoint.LayerForm;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which weights a configuration gives a network first. */
final class Patterns {
    /** The block in which dense layers are stored: the one that the kernels like best. */
    private static final int DENSE_BLOCK = 16;

    private final TrainingConfig config;
    private final List<WeightSpec> weights;
    private final BitSet nm;

    Patterns(TrainingConfig config, List<WeightSpec> weights) {
        this.config = config;
        this.weights = weights;
        nm = NmWeights.of(config.nm(), config.method(), config.srSte(), weights);
    }

    /** In what form each weights are. */
    List<LayerForm> forms() {
        @Nullable SrSte rule = config.method() == Method.SR_STE ? config.srSte() : null;
        List<LayerForm> forms = new ArrayList<>();
        for (int l = 0; l < weights.size(); l++) {
            forms.add(new LayerForm(weights.get(l).shape(), nm.get(l), rule));
        }
        return forms;
    }

    /**
     * Chooses the patterns.
     *
     * @param rowMajor whether dense weights are stored row by row, as libraries want them
     * @return one for each weights
     */
    List<ParameterPattern> first(boolean rowMajor) {
        List<ParameterPattern> patterns = new ArrayList<>();
        if (config.method() == Method.DENSE || config.nm() != null) {
            for (int l = 0; l < weights.size(); l++) {
                WeightSpec spec = weights.get(l);
                patterns.add(nm.get(l) ? nmPattern(l, spec.shape()) : dense(spec, rowMajor));
            }
            return patterns;
        }
        int blockRows = config.blockRows();
        List<LayerShape> shapes = weights.stream().map(WeightSpec::shape).toList();
        double[] densities = config.distribution().densities(shapes, config.sparsity());
        for (int l = 0; l < densities.length; l++) {
            LayerShape shape = shapes.get(l);
            if (shape.dense()) {
                patterns.add(dense(weights.get(l), false));
                continue;
            }
            int blockCols = weights.get(l).blockCols(config.blockCols());
            int cells = Math.toIntExact(shape.blocks(blockRows, blockCols));
            CounterRandom random = new CounterRandom(config.seed(), l, 0, Purpose.PATTERN);
            int[] chosen = random.sample(cells, Math.toIntExact(Distribution.stored(cells, densities[l])));
            int cols = Math.toIntExact(shape.columns());
            patterns.add(new ParameterPattern.Blocks(Cells.pattern(shape.out(), cols, blockRows, blockCols, chosen)));
        }
        return patterns;
    }

    private static ParameterPattern dense(WeightSpec spec, boolean rowMajor) {
        int block = rowMajor ? 1 : DENSE_BLOCK;
        int cols = Math.toIntExact(spec.shape().columns());
        return new ParameterPattern.Blocks(BlockPattern.full(spec.shape().out(), cols, block, spec.blockCols(block)));
    }

    private ParameterPattern nmPattern(int layer, LayerShape shape) {
        NmSparsity groups = Objects.requireNonNull(config.nm());
        SrSte rule = config.method() == Method.SR_STE ? config.srSte() : null;
        int cols = Math.toIntExact(shape.columns());
        // SR-STE chooses its first mask when weights are drawn; plans are made for the kind of mask that it will be.
        NmPattern pattern = rule != null && rule.transposable()
                ? transposable(shape.out(), cols, groups)
                : NmPattern.random(
                        shape.out(),
                        cols,
                        groups.n(),
                        groups.m(),
                        1,
                        new CounterRandom(config.seed(), layer, 0, Purpose.PATTERN));
        return new ParameterPattern.Nm(pattern, rule);
    }

    /** Each row keeps the places of the row above, shifted by one. */
    private static NmPattern transposable(int rows, int cols, NmSparsity nm) {
        int m = nm.m();
        NmPatternBuilder pattern = NmPattern.builder(rows, cols, nm.n(), m);
        int[] masks = new int[cols / m];
        int first = (1 << nm.n()) - 1;
        for (int row = 0; row < rows; row++) {
            int shift = row % m;
            Arrays.fill(masks, ((first << shift) | (first >>> (m - shift))) & ((1 << m) - 1));
            pattern.addRow(masks);
        }
        return pattern.build();
    }
}
