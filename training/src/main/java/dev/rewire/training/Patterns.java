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
import dev.rewire.training.rewiring.GrowRule;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which weights a configuration gives a network first. */
final class Patterns {
    /** The block in which dense layers are stored: the one that the kernels like best. */
    private static final int DENSE_BLOCK = 16;

    private final TrainingConfig config;
    private final List<WeightSpec> weights;
    private final List<WeightForm> forms;

    /**
     * Settles the forms of all weights.
     *
     * @throws dev.rewire.training.setting.InvalidConfigException if settings of some weights do not fit
     */
    Patterns(TrainingConfig config, List<WeightSpec> weights) {
        this.config = config;
        this.weights = weights;
        forms = WeightForm.of(config, weights);
    }

    /** In what form each weights are. */
    List<LayerForm> forms() {
        @Nullable SrSte rule = config.method() == Method.SR_STE ? config.srSte() : null;
        List<LayerForm> layers = new ArrayList<>();
        for (int w = 0; w < weights.size(); w++) {
            layers.add(new LayerForm(weights.get(w).shape(), forms.get(w).nm() != null, rule));
        }
        return layers;
    }

    /**
     * Chooses the patterns.
     *
     * @param rowMajor whether dense weights of linear layers are stored row by row, as libraries want them
     * @return one for each weights
     */
    List<ParameterPattern> first(boolean rowMajor) {
        double[] densities = densities();
        List<ParameterPattern> patterns = new ArrayList<>();
        for (int w = 0; w < densities.length; w++) {
            WeightForm form = forms.get(w);
            LayerShape shape = weights.get(w).shape();
            if (form.nm() != null) {
                patterns.add(nmPattern(w, shape, form.nm()));
            } else if (form.isDense()) {
                patterns.add(dense(weights.get(w), rowMajor));
            } else {
                patterns.add(blocks(w, densities[w]));
            }
        }
        return withRoom(patterns);
    }

    /** Whether rewirings change how many weights a layer has. */
    boolean numbersChange() {
        Rules rules = config.usedRules();
        return redistributes() || (rules != null && rules.grow() instanceof GrowRule.FanIn);
    }

    private boolean redistributes() {
        Rules rules = config.usedRules();
        return rules != null && rules.grow().redistributes();
    }

    /** Where layers take weights of each other there is room for those of all in each. */
    private List<ParameterPattern> withRoom(List<ParameterPattern> patterns) {
        if (!redistributes()) {
            return patterns;
        }
        long all = 0;
        for (ParameterPattern pattern : patterns) {
            all += pattern instanceof ParameterPattern.Blocks blocks
                    ? blocks.pattern().blocks()
                    : 0;
        }
        List<ParameterPattern> roomy = new ArrayList<>();
        for (int w = 0; w < forms.size(); w++) {
            ParameterPattern pattern = patterns.get(w);
            boolean takes =
                    pattern instanceof ParameterPattern.Blocks && !forms.get(w).isDense();
            roomy.add(
                    takes
                            ? new ParameterPattern.Blocks(
                                    ((ParameterPattern.Blocks) pattern).pattern(), (int) Math.min(all, pattern.cells()))
                            : pattern);
        }
        return roomy;
    }

    private static int fanIn(LayerShape shape, double density) {
        return Math.toIntExact(Math.max(1, Distribution.stored(shape.columns(), density)));
    }

    /** The share of each weights that there is to be. */
    double[] densities() {
        double[] densities = config.distribution().densities(sharing(), config.sparsity());
        for (int w = 0; w < densities.length; w++) {
            NmSparsity nm = forms.get(w).nm();
            Double own = forms.get(w).sparsity();
            if (nm != null) {
                densities[w] = (double) nm.n() / nm.m();
            } else if (own != null) {
                densities[w] = 1 - own;
            }
        }
        return densities;
    }

    /** What has settings of its own takes no part in the distribution, as in RigL's code. */
    private List<LayerShape> sharing() {
        List<LayerShape> shapes = new ArrayList<>();
        for (int w = 0; w < weights.size(); w++) {
            LayerShape shape = weights.get(w).shape();
            boolean apart = forms.get(w).sparsity() != null;
            shapes.add(apart ? shape.keptDense() : shape);
        }
        return shapes;
    }

    private ParameterPattern blocks(int w, double density) {
        LayerShape shape = weights.get(w).shape();
        int blockRows = forms.get(w).blockRows();
        int blockCols = weights.get(w).blockCols(forms.get(w).blockCols());
        int cells = Math.toIntExact(shape.blocks(blockRows, blockCols));
        CounterRandom random = new CounterRandom(config.seed(), w, 0, Purpose.PATTERN);
        int cols = Math.toIntExact(shape.columns());
        Rules rules = config.usedRules();
        int[] chosen = rules != null && rules.grow() instanceof GrowRule.FanIn
                ? rows(shape.out(), cols, fanIn(shape, density), random)
                : random.sample(cells, Math.toIntExact(Distribution.stored(cells, density)));
        return new ParameterPattern.Blocks(Cells.pattern(shape.out(), cols, blockRows, blockCols, chosen));
    }

    /** As many cells of each row. */
    private static int[] rows(int rows, int cols, int fanIn, CounterRandom random) {
        int[] cells = new int[Math.multiplyExact(rows, fanIn)];
        for (int row = 0; row < rows; row++) {
            int[] ofRow = random.sample(cols, fanIn);
            for (int i = 0; i < fanIn; i++) {
                cells[row * fanIn + i] = row * cols + ofRow[i];
            }
        }
        return cells;
    }

    private static ParameterPattern dense(WeightSpec spec, boolean rowMajor) {
        int block = rowMajor && spec.tap() == 0 ? 1 : DENSE_BLOCK;
        int cols = Math.toIntExact(spec.shape().columns());
        return new ParameterPattern.Blocks(BlockPattern.full(spec.shape().out(), cols, block, spec.blockCols(block)));
    }

    private ParameterPattern nmPattern(int layer, LayerShape shape, NmSparsity groups) {
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
