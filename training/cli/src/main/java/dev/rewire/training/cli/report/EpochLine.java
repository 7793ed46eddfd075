package dev.rewire.training.cli.report;

import dev.rewire.training.EpochResult;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.rewiring.Method;
import java.util.List;
import java.util.Locale;

/**
 * One epoch of one network.
 *
 * @param network the method by which it is trained
 * @param result what the epoch came to
 * @param steps how many it has
 */
public record EpochLine(String network, EpochResult result, int steps) {
    /** The columns of {@link #csv}. */
    public static final String CSV_HEADER =
            "epoch,network,loss,train_accuracy,test_accuracy,step_ms,rewirings,seconds,test_loss";

    /** All epochs of a network that is trained as a run is; the last of them may be shorter. */
    public static List<EpochLine> of(Method method, List<EpochResult> results, TrainingRun run) {
        return results.stream()
                .map(result -> of(ValueConverters.name(method), result, run))
                .toList();
    }

    /** An epoch of a network that is trained as a run is. */
    public static EpochLine of(String network, EpochResult result, TrainingRun run) {
        long before = (long) (result.epoch() - 1) * run.stepsOfEpoch();
        return new EpochLine(network, result, (int) Math.min(run.stepsOfEpoch(), run.totalSteps() - before));
    }

    private double stepMillis() {
        return 1000 * result.seconds() / steps;
    }

    /** For people. */
    public String text(int epochs) {
        String digits = "%" + String.valueOf(epochs).length() + "d";
        return String.format(
                Locale.ROOT,
                "epoch " + digits + "/%d  %-6s  loss %.4f, test %.4f%s  %7.2f ms/step  %s  %6.1f s",
                result.epoch(),
                epochs,
                network,
                result.loss(),
                result.testLoss(),
                Double.isNaN(result.testAccuracy())
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "  right %5.2f %%, test %5.2f %%",
                                100 * result.trainAccuracy(),
                                100 * result.testAccuracy()),
                stepMillis(),
                result.rewirings() == 1
                        ? " 1 rewiring "
                        : String.format(Locale.ROOT, "%2d rewirings", result.rewirings()),
                result.seconds());
    }

    /** For programs: a line of comma-separated values, without its end. */
    public String csv() {
        return String.join(
                ",",
                Integer.toString(result.epoch()),
                network,
                Double.toString(result.loss()),
                Double.toString(result.trainAccuracy()),
                Double.toString(result.testAccuracy()),
                Double.toString(stepMillis()),
                Long.toString(result.rewirings()),
                Double.toString(result.seconds()),
                Double.toString(result.testLoss()));
    }
}
