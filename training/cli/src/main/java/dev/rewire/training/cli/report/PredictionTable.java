package dev.rewire.training.cli.report;

import dev.rewire.training.Evaluation;
import dev.rewire.training.Predictions;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Predictions for people: how many are right, and of each class for what it is taken otherwise. */
public final class PredictionTable {
    private PredictionTable() {}

    /** The lines. */
    public static List<String> lines(
            TrainedNetwork network, String data, Samples samples, Evaluation evaluation, Predictions predictions) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s, %s, after %,d steps",
                network.config().modelText(),
                RunHeader.title(network.config()),
                network.steps()));
        String right = network.target() instanceof TargetShape.Values
                ? ""
                : String.format(Locale.ROOT, ", %.2f %% right", 100 * evaluation.accuracy());
        lines.add(String.format(
                Locale.ROOT,
                "%,d predictions of %,d test samples of %s%s, loss %.4f",
                evaluation.predictions(),
                samples.size(),
                data,
                right,
                evaluation.loss()));
        if (network.target() instanceof TargetShape.Classes classes) {
            lines.addAll(classes(samples, classes.count(), predictions.classes()));
        }
        return lines;
    }

    private static List<String> classes(Samples samples, int count, int[] predicted) {
        int[] numbers = new int[samples.size()];
        Arrays.setAll(numbers, i -> i);
        int[] classes = new int[numbers.length];
        samples.writeClasses(numbers, 0, numbers.length, 1, classes);
        int[][] taken = new int[count][count];
        for (int s = 0; s < classes.length; s++) {
            taken[classes[s]][Math.min(count - 1, predicted[s])]++;
        }
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("class  samples    right  otherwise mostly taken for");
        for (int c = 0; c < count; c++) {
            int all = Arrays.stream(taken[c]).sum();
            int other = mostTaken(taken[c], c);
            lines.add(String.format(
                    Locale.ROOT,
                    "%5d  %7d  %5.1f %%%s",
                    c,
                    all,
                    all == 0 ? 0.0 : 100.0 * taken[c][c] / all,
                    other < 0
                            ? ""
                            : String.format(Locale.ROOT, "  %d (%.1f %%)", other, 100.0 * taken[c][other] / all)));
        }
        return lines;
    }

    /** The class for which another is taken most often; −1 if it never is. */
    private static int mostTaken(int[] taken, int own) {
        int most = -1;
        for (int c = 0; c < taken.length; c++) {
            if (c != own && taken[c] > 0 && (most < 0 || taken[c] > taken[most])) {
                most = c;
            }
        }
        return most;
    }
}
