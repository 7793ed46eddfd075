package dev.rewire.training.cli.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.kernels.probe.Build;
import dev.rewire.training.EpochResult;
import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.watch.RewiredWeights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lines of one network. */
public final class RunMetrics implements StepListener {
    /** So many lines of steps a run has, or fewer. */
    private static final int STRETCHES = 250;

    private final TrainingRun run;
    private final MetricsFile file;
    private final String network;
    private final long stretch;
    private final Map<String, Double> targets = new HashMap<>();
    private double lossSum;
    private int losses;

    /**
     * Writes the first line, unless it is there, and listens to rewirings.
     *
     * @param run whose steps will be told of
     * @param file where to
     */
    public RunMetrics(TrainingRun run, MetricsFile file) {
        this.run = run;
        this.file = file;
        network = name(run);
        stretch = Math.ceilDiv(run.totalSteps(), STRETCHES);
        begin();
        run.onRewiring(this::rewired);
    }

    /** What a network is called: by its method. */
    public static String name(TrainingRun run) {
        return ValueConverters.name(run.config().method());
    }

    private void begin() {
        ObjectNode line = line(Event.RUN, run.steps());
        line.put("rewire", Build.current().toString());
        line.put("total_steps", run.totalSteps());
        line.put("steps_of_epoch", run.stepsOfEpoch());
        line.put("epochs", run.totalEpochs());
        line.put("train_samples", run.data().train().size());
        line.put("test_samples", run.data().test().size());
        line.put("sample", run.data().shape().text());
        line.put("target", run.data().target().text());
        ObjectNode settings = line.putObject("settings");
        run.config().settings().forEach(settings::put);
        List<Double> ofSettings = run.targetNonzeros();
        for (NamedParameter parameter : run.parameters()) {
            if (parameter.parameter() instanceof SparseParameter sparse) {
                LayerShape shape = sparse.pattern().shape();
                double target = ofSettings.get(targets.size());
                targets.put(parameter.name(), target);
                line.withArray("weights")
                        .addObject()
                        .put("parameter", parameter.name())
                        .put("outputs", shape.out())
                        .put("inputs", shape.columns())
                        .put("target", target)
                        .put("stored", sparse.nonzeros());
            }
        }
        if (!file.hasBegun(network)) {
            file.append(line);
        }
    }

    @Override
    public void stepTaken(long step, double loss) {
        lossSum += loss;
        losses++;
        if (step % stretch == 0 || step == run.totalSteps()) {
            file.append(line(Event.STEPS, step)
                    .put("loss", lossSum / losses)
                    .put("flops", run.trainFlops())
                    .put("seconds", run.trainSeconds()));
            lossSum = 0;
            losses = 0;
        }
    }

    private void rewired(long step, List<RewiredWeights> weights) {
        for (RewiredWeights of : weights) {
            ObjectNode line = line(Event.REWIRING, step)
                    .put("parameter", of.name())
                    .put("target", targets.get(of.name()))
                    .put("stored", of.stored())
                    .put("dropped", of.dropped())
                    .put("grown", of.grown())
                    .put("churn", of.stored() == 0 ? 0 : (double) of.grown() / of.stored())
                    .put("exploration_rate", of.explorationRate())
                    .put("dead_outputs", of.deadOutputs())
                    .put("dead_inputs", of.deadInputs());
            number(line, "weight_norm", of.weightNorm());
            number(line, "gradient_norm", of.gradientNorm());
            file.append(line);
        }
    }

    /** Tells of an epoch that has just ended. */
    public void endEpoch(EpochResult result) {
        ObjectNode line = line(Event.EPOCH, run.steps()).put("epoch", result.epoch());
        number(line, "loss", result.loss());
        number(line, "train_accuracy", result.trainAccuracy());
        number(line, "test_loss", result.testLoss());
        number(line, "test_accuracy", result.testAccuracy());
        line.put("flops", run.trainFlops())
                .put("seconds", run.trainSeconds())
                .put("epoch_seconds", result.seconds())
                .put("rewirings", result.rewirings());
        run.epochMillis().forEach((part, millis) -> line.put(part + "_ms", millis));
        line.put("peak_memory_bytes", run.peakMemoryBytes());
        file.append(line);
    }

    private ObjectNode line(Event event, long step) {
        return MetricsFile.newLine(event, network, step);
    }

    /** JSON has no NaN. */
    private static void number(ObjectNode line, String key, double value) {
        if (Double.isFinite(value)) {
            line.put(key, value);
        }
    }
}
