package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.model.Model;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.WeightOverride;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The options that decide a run's result, and the number of threads. */
public final class SettingsOptions {
    /** The settings of a run without options. More threads than these seldom help a network of a default's size. */
    public static final TrainingConfig DEFAULTS = TrainingConfig.builder()
            .seed(1)
            .threads(Math.min(8, Runtime.getRuntime().availableProcessors()))
            .build();

    @Option(
            names = "--model",
            paramLabel = "N-...-N|lenet5|resnet8|resnet20|wrn16-2|gpt-LxHxDxT",
            description =
                    "The network (default: ${DEFAULT-VALUE}): linear layers of so many features from the input to the logits; one for small"
                            + " images; or a transformer for text of L layers, H heads, D features of a token and T tokens.")
    private Model model = DEFAULTS.model();

    @Option(
            names = "--method",
            paramLabel = "dense|static|set|rigl|snfs|srigl|gse|chts|dynsparse|sr-ste",
            defaultValue = "rigl",
            description = {
                "How the network is trained (default: ${DEFAULT-VALUE}): dense; sparse on places that stay; set, which drops the"
                        + " smallest weights and grows others at random; rigl, which grows where the gradient is largest; snfs, by momentum, shared out among"
                        + " the layers; srigl, each output having as many connections; gse, where the gradient is largest of places that are drawn;"
                        + " chts, by the topology, without gradients; dynsparse, set with blocks of 16x16; sr-ste, for --nm,"
                        + " which trains all weights and computes with the largest."
            })
    private Method method = DEFAULTS.method();

    @Option(
            names = "--sparsity",
            paramLabel = "S",
            description = "Share of the weights that are absent, from 0 to below 1 (default: ${DEFAULT-VALUE}).")
    private double sparsity = DEFAULTS.sparsity();

    @Option(
            names = "--distribution",
            paramLabel = "uniform|er|erk",
            defaultValue = "erk",
            description = "How the sparsity is shared out among the layers (default: ${DEFAULT-VALUE}).")
    private Distribution distribution = DEFAULTS.distribution();

    @Option(
            names = "--block",
            paramLabel = "RxC",
            description = "Block of weights, outputs x inputs, each from 1 to 64 (default: ${DEFAULT-VALUE}).")
    private Block block = new Block(DEFAULTS.blockRows(), DEFAULTS.blockCols());

    @Option(
            names = "--set",
            paramLabel = "GLOB=SETTING",
            description =
                    "Settings of some weights, by name: dense, a sparsity, a block, both as 0.7,8x8, or N:M. In GLOB, as linear1,"
                            + " stage1.*.weight or **.weight, * stands for letters of a part of a name, ** for dots, too; the name of a"
                            + " layer is that of all its weights. May be repeated; later ones win.")
    private List<WeightOverride> overrides = DEFAULTS.overrides();

    @Mixin
    private final NmOptions nm = new NmOptions();

    @Option(
            names = "--epochs",
            paramLabel = "E",
            description = "Passes over the training samples (default: ${DEFAULT-VALUE}).")
    private int epochs = DEFAULTS.epochs();

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Length of the run in steps, instead of --epochs (default: as many as the epochs have).")
    private long steps = DEFAULTS.steps();

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            description =
                    "With --steps: steps from one test to the next, which then count as an epoch (default: a pass over the data).")
    private int evalEvery = DEFAULTS.evalEvery();

    @Option(names = "--batch", paramLabel = "B", description = "Samples of a step (default: ${DEFAULT-VALUE}).")
    private int batch = DEFAULTS.batch();

    @Option(
            names = "--augment",
            paramLabel = "crop|crop:PIXELS|flip|crop,flip",
            defaultValue = "none",
            description =
                    "What is done to training images, anew in each epoch: crop moves them by up to 4 pixels, or as many, within a black"
                            + " margin; flip mirrors half of them (default: ${DEFAULT-VALUE}).")
    private Augmentation augmentation = DEFAULTS.augmentation();

    @Mixin
    private final RateOptions rate = new RateOptions();

    @Mixin
    private final OptimizerOptions optimizer = new OptimizerOptions();

    @Option(
            names = "--clip",
            paramLabel = "C",
            description =
                    "Scale the gradient of all parameters together down to this L2 norm where it is larger; 0 is never"
                            + " (default: never).")
    private double clip = DEFAULTS.clip();

    @Mixin
    private final RewiringOptions rewiring = new RewiringOptions();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of every random choice (default: ${DEFAULT-VALUE}).")
    private long seed = DEFAULTS.seed();

    @Option(
            names = "--device",
            paramLabel = "cpu|gpu",
            defaultValue = "cpu",
            description =
                    "Where products with the weights of --nm 2:4 are computed (default: ${DEFAULT-VALUE}); gpu rounds operands to"
                            + " bf16, and takes the forward product and, with --transposable, that of the input's gradient.")
    private Device device = DEFAULTS.device();

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Threads that compute; the result does not depend on it (default here: ${DEFAULT-VALUE}).")
    private int threads = DEFAULTS.threads();

    /** The settings of a new run. */
    public TrainingConfig fresh(ParseResult given) {
        TrainingConfig config = applyTo(DEFAULTS, DEFAULTS.toBuilder().usualRewiring(), given::hasMatchedOption);
        TrainingConfigBuilder settings = config.toBuilder();
        if (!given.hasMatchedOption("--lr")) {
            settings.usualLearningRate();
        }
        return settings.build();
    }

    /**
     * The settings of a run that goes on: those it was started with, on as many threads as asked for.
     *
     * @throws BadInputException if an option was given that differs from them
     */
    public TrainingConfig resumed(TrainingConfig saved, Path checkpoint, ParseResult given) {
        for (OptionSpec option : given.matchedOptions()) {
            String name = option.longestName();
            if (!name.equals("--threads") && !applyTo(saved, name::equals).equals(saved)) {
                throw new BadInputException(
                        name,
                        String.join(" ", option.originalStringValues()),
                        "is not what the run of --resume " + checkpoint + " was started with",
                        "the same value, or none");
            }
        }
        return saved.toBuilder().threads(threads).build();
    }

    /** Settings with the given options replaced. */
    TrainingConfig applyTo(TrainingConfig base, Predicate<String> given) {
        return applyTo(base, base.toBuilder(), given);
    }

    private TrainingConfig applyTo(TrainingConfig base, TrainingConfigBuilder settings, Predicate<String> given) {
        if (given.test("--model")) {
            settings.model(model);
        }
        if (given.test("--method")) {
            settings.method(method);
        }
        if (given.test("--sparsity")) {
            settings.sparsity(sparsity);
        }
        if (given.test("--distribution")) {
            settings.distribution(distribution);
        }
        if (given.test("--block")) {
            settings.block(block.rows(), block.cols());
        }
        if (given.test("--set")) {
            settings.overrides(overrides);
        }
        if (given.test("--epochs")) {
            settings.epochs(epochs);
            settings.warmupEpochs(Math.min(base.warmupEpochs(), epochs - 1));
        }
        if (given.test("--steps")) {
            settings.steps(steps);
        }
        if (given.test("--eval-every")) {
            settings.evalEvery(evalEvery);
        }
        if (given.test("--batch")) {
            settings.batch(batch);
        }
        if (given.test("--augment")) {
            settings.augmentation(augmentation);
        }
        if (given.test("--clip")) {
            settings.clip(clip);
        }
        if (given.test("--seed")) {
            settings.seed(seed);
        }
        if (given.test("--device")) {
            settings.device(device);
        }
        if (given.test("--threads")) {
            settings.threads(threads);
        }
        settings.optimizer(optimizer.applyTo(base.optimizer(), given));
        rate.applyTo(settings, given);
        rewiring.applyTo(settings, given);
        nm.applyTo(settings, base, given);
        requireOneLength(given);
        TrainingConfig config = settings.build();
        nm.requireUse(config.method(), given);
        requireSparse(config.method(), given);
        NmOptions.requireAgreement(
                config,
                given.test("--sparsity") ? sparsity : null,
                given.test("--distribution") ? distribution : null,
                given.test("--block") ? block : null);
        return config;
    }

    /** Of two options that say how long, one is enough. */
    private void requireOneLength(Predicate<String> given) {
        if (given.test("--steps") && steps < DEFAULTS.steps()) {
            throw new BadInputException("--steps", steps, "is out of range", "integers from 1");
        }
        if (given.test("--steps") && steps != 0 && given.test("--epochs")) {
            throw new BadInputException("--epochs", epochs, "does not go with --steps " + steps, "one of them");
        }
        rate.requireOneWarmup(given.test("--steps") ? steps : 0, given);
    }

    /** A dense network has all its weights, wherever the others would have theirs. */
    private void requireSparse(Method of, Predicate<String> given) {
        if (of != Method.DENSE) {
            return;
        }
        String fault = "does not go with --method dense";
        if (given.test("--sparsity") && sparsity != 0) {
            throw new BadInputException("--sparsity", sparsity, fault, "0, or none");
        }
        if (given.test("--distribution")) {
            throw new BadInputException("--distribution", ValueConverters.name(distribution), fault, "sparse methods");
        }
        if (given.test("--block")) {
            throw new BadInputException("--block", block, fault, "sparse methods");
        }
        if (given.test("--set")) {
            throw new BadInputException("--set", overrides.get(0), fault, "sparse methods");
        }
    }
}
