package dev.rewire.training.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.cli.CommandResult;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** How options become settings. */
class SettingsOptionsTest {
    @Command
    private static final class Line {
        @Mixin
        private final SettingsOptions settings = new SettingsOptions();

        static TrainingConfig fresh(String... args) {
            Line line = new Line();
            return line.settings.fresh(commandLine(line).parseArgs(args));
        }

        static CommandLine commandLine(Line line) {
            CommandLine command = new CommandLine(line);
            ValueConverters.register(command);
            return command;
        }
    }

    @Test
    void noOptionsAreTheDefaults() {
        assertEquals(SettingsOptions.DEFAULTS, Line.fresh());
    }

    @Test
    void theHelpTellsTheDefaults() {
        Line line = new Line();
        Line.commandLine(line).parseArgs();
        TrainingConfig told = line.settings.applyTo(
                SettingsOptions.DEFAULTS,
                option -> !Set.of("--momentum", "--weight-decay", "--sr-ste-decay", "--mask-interval", "--transposable")
                        .contains(option));
        assertEquals(SettingsOptions.DEFAULTS, told);
        Optimizer.Sgd sgd = (Optimizer.Sgd) SettingsOptions.DEFAULTS.optimizer();
        String help = CommandResult.of("train", "--help").out().replaceAll("\\s+", " ");
        assertTrue(
                help.contains("(default: " + new BigDecimal(Double.toString(sgd.momentum())).toPlainString() + ")"),
                help);
        assertTrue(
                help.contains("(default: "
                        + BigDecimal.valueOf(SrSte.DEFAULT.decay())
                                .stripTrailingZeros()
                                .toPlainString() + ")"),
                help);
        assertTrue(
                help.contains(
                        "(default: " + SrSte.DEFAULT.maskInterval() + ", " + SrSte.TRANSPOSABLE_INTERVAL + " with"),
                help);
        assertTrue(
                help.contains("(default: "
                        + new BigDecimal(Double.toString(sgd.weightDecay()))
                                .stripTrailingZeros()
                                .toPlainString()
                        + " with sgd"),
                help);
    }

    @Test
    void aMethodHasTheNumbersOfItsSourceUnlessOthersAreGiven() {
        TrainingConfig gse = Line.fresh("--method", "gse", "--delta-t", "50");

        assertEquals(50, gse.deltaT());
        assertEquals(0.2, gse.alpha());
        assertEquals(0.6, gse.rewireUntil());
        assertEquals(16, Line.fresh("--method", "dynsparse").blockRows());
        assertEquals(4, Line.fresh("--method", "dynsparse", "--block", "4x4").blockRows());
    }

    @Test
    void rulesAreGivenWithTheirNumber() {
        assertEquals(
                Rules.gse(2),
                Line.fresh("--method", "gse", "--rules", "gse:2.0").rules());
        assertEquals(Rules.rigl(8), Line.fresh("--rules", "rigl:8").rules());
    }

    @Test
    void aShortRunWarmsUpForLess() {
        assertEquals(0, Line.fresh("--epochs", "1").warmupEpochs());
        assertEquals(1, Line.fresh("--epochs", "2").warmupEpochs());
        assertEquals(2, Line.fresh("--epochs", "3", "--warmup", "2").warmupEpochs());
    }

    @Test
    void anotherOptimizerHasAnotherRate() {
        assertEquals(0.001, Line.fresh("--optimizer", "adam").learningRate());
        assertEquals(0.01, Line.fresh("--optimizer", "adam", "--lr", "0.01").learningRate());
        assertEquals(
                SettingsOptions.DEFAULTS.learningRate(),
                Line.fresh("--optimizer", "sgd").learningRate());
    }

    @Test
    void soHasAModelThatSuggestsIt() {
        assertEquals(0.05, Line.fresh("--model", "lenet5").learningRate());
        assertEquals(0.3, Line.fresh("--model", "lenet5", "--lr", "0.3").learningRate());
        assertEquals(
                0.001, Line.fresh("--model", "lenet5", "--optimizer", "adamw").learningRate());
    }

    @Test
    void imagesAreAugmentedWhereAskedFor() {
        assertEquals(
                new Augmentation(4, true), Line.fresh("--augment", "crop,flip").augmentation());
        assertEquals(Augmentation.NONE, Line.fresh().augmentation());
    }

    @Test
    void optimizersTakeTheirOptions() {
        assertEquals(
                new Optimizer.Sgd(0.5, true, 0),
                Line.fresh("--momentum", "0.5", "--weight-decay", "0").optimizer());
        assertEquals(
                new Optimizer.Adam(0.9, 0.999, 1e-8, 0.1, true),
                Line.fresh("--optimizer", "AdamW", "--weight-decay", "0.1").optimizer());
    }

    @Test
    void settingsOfSomeWeightsKeepTheirOrder() {
        assertEquals(
                List.of(WeightOverride.parse("**=8x8"), WeightOverride.parse("linear1=0.7,4x4")),
                Line.fresh("--set", "**=8x8", "--set", "linear1=0.7,4x4").overrides());
    }

    @Test
    void aRunOfStepsHasNoWarmUpUnlessItIsAskedFor() {
        TrainingConfig config = Line.fresh("--steps", "500", "--eval-every", "100");

        assertEquals(0, config.warmupEpochs() + config.warmupSteps());
        assertEquals(50, Line.fresh("--steps", "500", "--warmup-steps", "50").warmupSteps());
    }

    @Test
    void optionsThatAgreeWithNmAreTaken() {
        assertEquals(
                Line.fresh("--nm", "1:4"),
                Line.fresh("--nm", "1:4", "--sparsity", ".75", "--block", "1x1", "--distribution", "uniform"));
    }

    @Test
    void transposableMasksAreChosenEvery40Steps() {
        assertEquals(
                SrSte.DEFAULT, Line.fresh("--method", "sr-ste", "--nm", "2:4").srSte());
        assertEquals(
                new SrSte(2e-4, true, 40),
                Line.fresh("--method", "sr-ste", "--nm", "2:4", "--transposable")
                        .srSte());
        assertEquals(
                new SrSte(1e-3, true, 5),
                Line.fresh("--method SR-STE --nm 2:4 --transposable --mask-interval 5 --sr-ste-decay 1e-3".split(" "))
                        .srSte());
    }

    @Test
    void theHelpNamesEveryOption() {
        String help = CommandResult.of("train", "--help").out();
        for (String option :
                new CommandLine(new Line()).getCommandSpec().optionsMap().keySet()) {
            assertTrue(help.contains(option), option);
        }
        assertTrue(help.contains("--[no-]compare-dense"), help);
    }
}
