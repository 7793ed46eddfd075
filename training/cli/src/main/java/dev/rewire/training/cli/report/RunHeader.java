package dev.rewire.training.cli.report;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.option.Block;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** The beginning of a run for people: what is trained on what, by whom. */
public final class RunHeader {
    /** Plans that people read; a perceptron has a few. */
    private static final int MOST_PLANS = 8;

    private RunHeader() {}

    public static List<String> lines(TrainingRun run, Environment environment) {
        DataSplit data = run.data();
        TrainingConfig config = run.config();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s, %s, %s, seed %d",
                config.modelText(),
                title(config),
                config.nm() == null ? ValueConverters.name(config.distribution()) + " distribution" : nmLayers(run),
                config.seed()));
        lines.add(String.format(
                Locale.ROOT,
                "%,d training and %,d test %s%s, %d %s of %,d steps, batch %d%s",
                data.train().size(),
                data.test().size(),
                data.shape() instanceof SampleShape.Image ? "images" : "samples",
                config.augmentation().equals(Augmentation.NONE) ? "" : ", augmented by " + config.augmentation(),
                run.totalEpochs(),
                run.totalEpochs() == 1 ? "epoch" : "epochs",
                run.stepsOfEpoch(),
                config.batch(),
                run.steps() == 0 ? "" : ", going on after step " + run.steps()));
        lines.add(environment.kernels().text() + ", " + config.threads()
                + (config.threads() == 1 ? " thread, " : " threads, ") + environment.cpu());
        if (environment.gpu() != null) {
            StringJoiner gpu = new StringJoiner(", ");
            environment.gpu().forEach((name, value) -> gpu.add(name + " " + value));
            lines.add(gpu.toString());
        }
        lines.addAll(layers(run));
        if (environment.dense() != null) {
            lines.add("dense network on " + environment.dense().text());
        }
        return lines;
    }

    /** How each layer computes; of many layers how many weights they have, unless the time of each is asked for. */
    private static List<String> layers(TrainingRun run) {
        List<String> lines = new ArrayList<>();
        List<String> plans = run.plans();
        if (plans.size() > MOST_PLANS && !run.config().profile()) {
            List<SparseParameter> weights = weights(run);
            long stored = weights.stream().mapToLong(SparseParameter::nonzeros).sum();
            lines.add(String.format(
                    Locale.ROOT,
                    "%d layers, %d of them with weights, of which %,d are stored (--profile tells about each)",
                    plans.size(),
                    weights.size(),
                    stored));
            return lines;
        }
        for (int layer = 0; layer < plans.size(); layer++) {
            if (!plans.get(layer).isEmpty()) {
                lines.add("layer " + (layer + 1) + ": " + plans.get(layer));
            }
        }
        return lines;
    }

    private static List<SparseParameter> weights(TrainingRun run) {
        List<SparseParameter> weights = new ArrayList<>();
        for (NamedParameter parameter : run.parameters()) {
            if (parameter.parameter() instanceof SparseParameter sparse) {
                weights.add(sparse);
            }
        }
        return weights;
    }

    /** Which layers are N:M. */
    private static String nmLayers(TrainingRun run) {
        List<SparseParameter> all = weights(run);
        if (all.size() != run.plans().size()) {
            // Their numbers are none of layers.
            long nm = all.stream()
                    .filter(w -> w.pattern() instanceof ParameterPattern.Nm)
                    .count();
            return "in " + nm + " of " + all.size() + " layers with weights, others dense";
        }
        StringJoiner sparse = new StringJoiner(" and ", "in layers ", ", others dense");
        int layer = 0;
        for (SparseParameter weights : all) {
            layer++;
            if (weights.pattern() instanceof ParameterPattern.Nm) {
                sparse.add(Integer.toString(layer));
            }
        }
        return sparse.toString();
    }

    /** Method, sparsity and block of a run, as {@code rigl 90 % 16x16}, or {@code sr-ste 2:4}. */
    public static String title(TrainingConfig config) {
        String method = ValueConverters.name(config.method());
        if (config.nm() != null) {
            boolean transposable =
                    config.method() == Method.SR_STE && config.srSte().transposable();
            return method + " " + config.nm() + (transposable ? " transposable" : "");
        }
        if (config.sparsity() == 0) {
            return method;
        }
        // Up to four digits after the point, none that are zero.
        String percent =
                String.format(Locale.ROOT, "%.4f", 100 * config.sparsity()).replaceAll("\\.?0+$", "");
        return method + " " + percent + " % " + new Block(config.blockRows(), config.blockCols());
    }
}
