package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The options that say when and how much is rewired. */
final class RewiringOptions {
    @Option(
            names = "--delta-t",
            paramLabel = "N",
            description = "Steps from one rewiring to the next (default: ${DEFAULT-VALUE}).")
    private int deltaT = SettingsOptions.DEFAULTS.deltaT();

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description =
                    "Share of a layer's blocks that the first rewiring exchanges; later ones exchange fewer, as --drop-schedule"
                            + " says (default: ${DEFAULT-VALUE}).")
    private double alpha = SettingsOptions.DEFAULTS.alpha();

    @Option(
            names = "--drop-schedule",
            paramLabel = "constant|cosine|linear|exponential",
            defaultValue = "cosine",
            description =
                    "How that share falls to the last rewiring: not at all; along half a cosine; as 1 - p; as (1 - p)^3"
                            + " (default: ${DEFAULT-VALUE}).")
    private Annealing annealing = SettingsOptions.DEFAULTS.annealing();

    @Option(
            names = "--rewire-from",
            paramLabel = "F",
            description = "Share of the steps before the first rewiring (default: ${DEFAULT-VALUE}).")
    private double rewireFrom = SettingsOptions.DEFAULTS.rewireFrom();

    @Option(
            names = "--rewire-until",
            paramLabel = "U",
            description = "Share of the steps after which nothing is rewired (default: ${DEFAULT-VALUE}).")
    private double rewireUntil = SettingsOptions.DEFAULTS.rewireUntil();

    /** Replaces the given options. */
    void applyTo(TrainingConfigBuilder settings, Predicate<String> given) {
        if (given.test("--delta-t")) {
            settings.deltaT(deltaT);
        }
        if (given.test("--alpha")) {
            settings.alpha(alpha);
        }
        if (given.test("--drop-schedule")) {
            settings.annealing(annealing);
        }
        if (given.test("--rewire-from")) {
            settings.rewireFrom(rewireFrom);
        }
        if (given.test("--rewire-until")) {
            settings.rewireUntil(rewireUntil);
        }
    }
}
