package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.Rules;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say when and how much is rewired. */
final class RewiringOptions {
    @Option(
            names = "--rules",
            paramLabel = "RULES",
            description =
                    "What a rewiring drops and grows, with its number: rigl:STEPS, which adds up the gradients of so many steps; gse:PLACES"
                            + " for each stored block; srigl:SHARE of salient connections below which an output is ablated;"
                            + " snfs:DECAY:SQUARES of the momentum; set, chts (default: those of the method).")
    private @Nullable Rules rules = SettingsOptions.DEFAULTS.rules();

    @Option(
            names = "--delta-t",
            paramLabel = "N",
            description =
                    "Steps from one rewiring to the next (default: ${DEFAULT-VALUE}; 1000 with gse, 500 with snfs and chts).")
    private int deltaT = SettingsOptions.DEFAULTS.deltaT();

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description =
                    "Share of a layer's blocks that the first rewiring exchanges; later ones exchange fewer, as --drop-schedule"
                            + " says (default: ${DEFAULT-VALUE}; 0.2 with gse, 0.5 with snfs and dynsparse).")
    private double alpha = SettingsOptions.DEFAULTS.alpha();

    @Option(
            names = "--drop-schedule",
            paramLabel = "constant|cosine|linear|exponential",
            defaultValue = "cosine",
            description =
                    "How that share falls to the last rewiring: not at all; along half a cosine; as 1 - p; as (1 - p)^3"
                            + " (default: ${DEFAULT-VALUE}; constant with chts).")
    private Annealing annealing = SettingsOptions.DEFAULTS.annealing();

    @Option(
            names = "--rewire-from",
            paramLabel = "F",
            description = "Share of the steps before the first rewiring (default: ${DEFAULT-VALUE}).")
    private double rewireFrom = SettingsOptions.DEFAULTS.rewireFrom();

    @Option(
            names = "--rewire-until",
            paramLabel = "U",
            description =
                    "Share of the steps after which nothing is rewired (default: ${DEFAULT-VALUE}; 0.6 with gse, 1 with snfs, chts and"
                            + " dynsparse).")
    private double rewireUntil = SettingsOptions.DEFAULTS.rewireUntil();

    /** Replaces the given options. */
    void applyTo(TrainingConfigBuilder settings, Predicate<String> given) {
        if (given.test("--rules")) {
            settings.rules(rules);
        }
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
