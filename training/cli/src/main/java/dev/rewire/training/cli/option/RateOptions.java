package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.optimizer.RateDecay;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The options of the learning rate. */
final class RateOptions {
    @Option(
            names = "--lr",
            paramLabel = "L",
            description =
                    "Peak of the learning rate (default: ${DEFAULT-VALUE}, 0.05 for lenet5, 0.001 with adam and adamw).")
    private double learningRate = SettingsOptions.DEFAULTS.learningRate();

    @Option(
            names = "--schedule",
            paramLabel = "constant|step|cosine",
            defaultValue = "cosine",
            description = "How the learning rate falls from there (default: ${DEFAULT-VALUE}).")
    private RateDecay schedule = SettingsOptions.DEFAULTS.rateDecay();

    @Option(
            names = "--warmup",
            paramLabel = "E",
            description = "Epochs in which it rises to its peak, fewer than all (default: ${DEFAULT-VALUE}, or fewer).")
    private int warmup = SettingsOptions.DEFAULTS.warmupEpochs();

    @Option(
            names = "--warmup-steps",
            paramLabel = "N",
            description = "The same in steps, instead of --warmup (default with --steps: none).")
    private long warmupSteps = SettingsOptions.DEFAULTS.warmupSteps();

    /** Replaces the given options. */
    void applyTo(TrainingConfigBuilder settings, Predicate<String> given) {
        if (given.test("--lr")) {
            settings.learningRate(learningRate);
        }
        if (given.test("--schedule")) {
            settings.rateDecay(schedule);
        }
        if (given.test("--warmup")) {
            settings.warmupEpochs(warmup);
        }
        if (given.test("--warmup-steps")) {
            settings.warmupSteps(warmupSteps);
        }
    }

    /**
     * Of two options that say how long the rate rises, one is enough.
     *
     * @param steps that were given as the length of the run, or 0
     * @param given whether an option was given
     */
    void requireOneWarmup(long steps, Predicate<String> given) {
        if (steps != 0 && given.test("--warmup")) {
            throw new BadInputException("--warmup", warmup, "does not go with --steps " + steps, "--warmup-steps");
        }
        if (given.test("--warmup-steps") && warmupSteps != 0 && given.test("--warmup")) {
            throw new BadInputException(
                    "--warmup", warmup, "does not go with --warmup-steps " + warmupSteps, "one of them");
        }
    }
}
