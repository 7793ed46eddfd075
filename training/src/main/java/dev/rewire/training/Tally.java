package dev.rewire.training;

import dev.rewire.training.loop.StepClock;
import dev.rewire.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** What a run has counted of its current epoch, and what the epochs before came to. */
final class Tally {
    private static final String RESULT = "result-";
    private static final String PARTS = "epoch-parts";

    private double lossSum;
    private long predictions;
    private long correct;
    private long nanos;
    private long rewirings;
    private double testAccuracy = Double.NaN;
    private double bestTestAccuracy = Double.NaN;
    private final List<EpochResult> results = new ArrayList<>();
    private final StepClock clock = new StepClock();

    /** Counts a step. */
    void addStep(Loss loss, long stepNanos, long stepRewirings) {
        lossSum += loss.lossSum();
        predictions += loss.predictions();
        correct += loss.correct();
        nanos += stepNanos;
        rewirings += stepRewirings;
    }

    /** Ends an epoch after which the network predicts so well. */
    EpochResult endEpoch(int epoch, Evaluation test) {
        double share = Double.isNaN(test.accuracy()) ? Double.NaN : (double) correct / predictions;
        EpochResult result = new EpochResult(
                epoch, lossSum / predictions, share, test.loss(), test.accuracy(), nanos / 1e9, rewirings);
        results.add(result);
        testAccuracy = test.accuracy();
        bestTestAccuracy =
                Double.isNaN(bestTestAccuracy) ? test.accuracy() : Math.max(bestTestAccuracy, test.accuracy());
        lossSum = 0;
        predictions = 0;
        correct = 0;
        nanos = 0;
        rewirings = 0;
        clock.endEpoch();
        return result;
    }

    /** Where the time of the current epoch goes. */
    StepClock clock() {
        return clock;
    }

    /** Duration of all steps. */
    double seconds() {
        return nanos / 1e9 + results.stream().mapToDouble(EpochResult::seconds).sum();
    }

    /** What each epoch came to. */
    List<EpochResult> results() {
        return List.copyOf(results);
    }

    /** Share of the test images classified right after the last epoch, NaN before the first one ends. */
    double testAccuracy() {
        return testAccuracy;
    }

    /** The best of these. */
    double bestTestAccuracy() {
        return bestTestAccuracy;
    }

    /** All this as text, key by key. */
    void write(Map<String, String> text) {
        text.put("epoch-loss-sum", Double.toString(lossSum));
        text.put("epoch-predictions", Long.toString(predictions));
        text.put("epoch-correct", Long.toString(correct));
        text.put("epoch-nanos", Long.toString(nanos));
        text.put("epoch-rewirings", Long.toString(rewirings));
        text.put(PARTS, clock.text());
        text.put("test-accuracy", Double.toString(testAccuracy));
        text.put("best-test-accuracy", Double.toString(bestTestAccuracy));
        for (EpochResult result : results) {
            text.put(
                    RESULT + result.epoch(),
                    result.loss() + " " + result.trainAccuracy() + " " + result.testLoss() + " " + result.testAccuracy()
                            + " " + result.seconds() + " " + result.rewirings());
        }
    }

    /**
     * Sets this to what was written.
     *
     * @throws IllegalArgumentException if a value is not accepted
     * @throws NoSuchElementException if a key is missing
     */
    void read(Map<String, String> text) {
        lossSum = Double.parseDouble(ConfigText.value(text, "epoch-loss-sum"));
        predictions = Long.parseLong(ConfigText.value(text, "epoch-predictions"));
        correct = Long.parseLong(ConfigText.value(text, "epoch-correct"));
        nanos = Long.parseLong(ConfigText.value(text, "epoch-nanos"));
        rewirings = Long.parseLong(ConfigText.value(text, "epoch-rewirings"));
        if (text.containsKey(PARTS)) { // which older checkpoints have not
            clock.read(ConfigText.value(text, PARTS));
        }
        testAccuracy = Double.parseDouble(ConfigText.value(text, "test-accuracy"));
        bestTestAccuracy = Double.parseDouble(ConfigText.value(text, "best-test-accuracy"));
        results.clear();
        text.forEach((key, value) -> {
            if (key.startsWith(RESULT)) {
                results.add(result(Integer.parseInt(key.substring(RESULT.length())), value.split(" ", -1)));
            }
        });
    }

    private static EpochResult result(int epoch, String[] values) {
        if (values.length != 6) {
            throw new IllegalArgumentException(RESULT + epoch + " has " + values.length + " values; accepted are 6");
        }
        return new EpochResult(
                epoch,
                Double.parseDouble(values[0]),
                Double.parseDouble(values[1]),
                Double.parseDouble(values[2]),
                Double.parseDouble(values[3]),
                Double.parseDouble(values[4]),
                Long.parseLong(values[5]));
    }
}
