package dev.rewire.training;

import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.DropSchedule;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.GrowRule;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run, all that decides its result beside the data and, for the last bits, the machine.
 *
 * @param model the network
 * @param method how the network is trained
 * @param sparsity share of the weights that are absent, 0 to below 1; 0 for the dense method, whatever is given
 * @param distribution how the sparsity is shared out among the layers
 * @param blockRows rows of a block of weights, along the outputs, 1 to 64; the dense method chooses its own
 * @param blockCols columns of a block of weights, along the inputs, 1 to 64
 * @param nm N:M sparsity, or null for blocks. N:M layers have the sparsity 1 − N/M, whatever sparsity, distribution and block are given: those are
 *     set to it, uniform and 1×1. The output layer, and any whose inputs M does not divide, stay dense. Null for the dense method
 * @param srSte the settings of SR-STE, which has no meaning for other methods
 * @param overrides settings of some weights in the place of sparsity, block and nm, of which later ones win; none for the dense method
 * @param epochs passes over the training samples; 1, and of no meaning, if there are steps
 * @param steps length of the run, or 0 if epochs decide
 * @param evalEvery steps from one evaluation to the next, which then count as an epoch, or 0 for a pass over the training samples; above 0 only with steps
 * @param batch samples of a step; those that are left over at the end of a pass are left out of it
 * @param augmentation what is done to training samples, which then have to be images of {@link dev.rewire.training.data.ImageData}; the seed decides what is drawn
 * @param learningRate the peak rate
 * @param rateDecay how the rate falls from there
 * @param warmupEpochs epochs of linear warm-up to the peak, fewer than epochs; 0 if there are steps
 * @param warmupSteps steps of linear warm-up, fewer than all, or 0 if warmupEpochs decides
 * @param optimizer the optimiser and its settings
 * @param clip largest L2 norm of the gradient of all parameters together, above which it is scaled down to it, or 0 for any
 * @param rules what a rewiring drops and grows; null for those of the method, and others than null only with methods that rewire. N:M weights grow at random or by gradient alone
 * @param annealing how the share of exchanged blocks falls
 * @param deltaT ΔT, steps from one rewiring to the next
 * @param alpha α, the share of a layer's blocks that the first rewiring exchanges
 * @param rewireFrom the first rewiring as a share of all steps, 0 to rewireUntil
 * @param rewireUntil T<sub>end</sub> as a share of all steps, 0 to 1
 * @param seed of every random choice
 * @param device where products of N:M layers are computed; GPU needs nm to be 2:4
 * @param threads who computes, the calling thread included; the result does not depend on it
 * @param profile whether the time of each layer is taken, for {@link TrainingRun#profile}; the result does not depend on it, and a checkpoint does not hold it
 */
public record TrainingConfig(
        Model model,
        Method method,
        double sparsity,
        Distribution distribution,
        int blockRows,
        int blockCols,
        @Nullable NmSparsity nm,
        SrSte srSte,
        List<WeightOverride> overrides,
        int epochs,
        long steps,
        int evalEvery,
        int batch,
        Augmentation augmentation,
        double learningRate,
        RateDecay rateDecay,
        int warmupEpochs,
        long warmupSteps,
        Optimizer optimizer,
        double clip,
        @Nullable Rules rules,
        Annealing annealing,
        int deltaT,
        double alpha,
        double rewireFrom,
        double rewireUntil,
        long seed,
        Device device,
        int threads,
        boolean profile) {
    private static final int MOST_BATCH = 1 << 16;
    private static final int MOST_BLOCK = 64;
    static final int MOST_TRANSPOSABLE_M = 4;
    private static final int MOST_THREADS = 1024;
    private static final int MOST_EPOCHS = 1_000_000;
    private static final long MOST_STEPS = Integer.MAX_VALUE;

    /**
     * Checks the settings.
     *
     * @throws InvalidConfigException if one is out of range
     */
    public TrainingConfig {
        Objects.requireNonNull(model, "--model: null; accepted are models");
        Presets.requireOwnName(model);
        nm = method == Method.DENSE ? null : nm;
        sparsity = method == Method.DENSE ? 0 : nm == null ? sparsity : nm.sparsity();
        distribution = nm == null ? distribution : Distribution.UNIFORM;
        blockRows = nm == null ? blockRows : 1;
        blockCols = nm == null ? blockCols : 1;
        overrides = method == Method.DENSE ? List.of() : List.copyOf(overrides);
        epochs = steps == 0 ? epochs : 1;
        warmupEpochs = steps == 0 && warmupSteps == 0 ? warmupEpochs : 0;
        rules = rules != null && rules.equals(rulesOf(method, optimizer)) ? null : rules;
        requireNumber("--sparsity", sparsity, sparsity >= 0 && sparsity < 1, "numbers from 0 to below 1");
        if (!(inRange(blockRows, 1, MOST_BLOCK) && inRange(blockCols, 1, MOST_BLOCK))) {
            throw new InvalidConfigException(
                    "--block", blockRows + "x" + blockCols, "RxC with R and C from 1 to " + MOST_BLOCK);
        }
        requireNm(nm, method, srSte);
        if (device == Device.GPU && !NmBackend.SPARSITY.equals(nm)) {
            throw new InvalidConfigException(
                    "--device", device, "has no N:M weights to compute with that it can", "cpu, or gpu with --nm 2:4");
        }
        for (WeightOverride override : overrides) {
            if (device == Device.GPU && override.nm() != null && !NmBackend.SPARSITY.equals(override.nm())) {
                throw new InvalidConfigException("--set", override, "2:4 with --device gpu");
            }
        }
        Rules used = rules == null ? rulesOf(method, optimizer) : rules;
        requireRules(rules, method, used, nm, overrides);
        requireLinks(method, used, model, blockRows * blockCols, overrides);
        requireInteger("--epochs", epochs, 1, MOST_EPOCHS);
        requireInteger("--batch", batch, 1, MOST_BATCH);
        requireNumber(
                "--lr",
                learningRate,
                learningRate > 0 && (float) learningRate < Float.POSITIVE_INFINITY,
                "numbers above 0 that a float can hold");
        requireSteps(steps, evalEvery, warmupSteps);
        requireInteger("--warmup", warmupEpochs, 0, epochs - 1);
        requireNumber(
                "--clip", clip, clip >= 0 && clip < Double.POSITIVE_INFINITY, "finite numbers from 0, which is none");
        if (clip > 0 && method == Method.SR_STE) {
            throw new InvalidConfigException(
                    "--clip", clip, "does not go with --method sr-ste, whose gradient is never in one piece", "0");
        }
        requireInteger("--delta-t", deltaT, 1, Integer.MAX_VALUE);
        requireNumber("--alpha", alpha, alpha > 0 && alpha <= 1, "numbers above 0, at most 1");
        requireNumber("--rewire-until", rewireUntil, rewireUntil >= 0 && rewireUntil <= 1, "numbers from 0 to 1");
        requireNumber(
                "--rewire-from",
                rewireFrom,
                rewireFrom >= 0 && rewireFrom <= rewireUntil,
                "numbers from 0 to that of --rewire-until, " + rewireUntil);
        requireInteger("--threads", threads, 1, MOST_THREADS);
    }

    /** Refuses what cannot be had of the weights of a model that depends on no data. */
    TrainingConfig checked() {
        if (model instanceof Perceptron perceptron) {
            outline(perceptron.input(), perceptron.outputs());
        }
        return this;
    }

    private static void requireRules(
            @Nullable Rules rules,
            Method method,
            @Nullable Rules used,
            @Nullable NmSparsity nm,
            List<WeightOverride> overrides) {
        if (used == null) {
            return;
        }
        if (!method.rewires()) {
            throw new InvalidConfigException(
                    "rules", used.text(), "none with method " + method + "; SET, RIGL and others have rules");
        }
        boolean hasNm = nm != null || overrides.stream().anyMatch(o -> o.nm() != null);
        // A group of N:M grows what it lost: there are no places to choose from freely, but scores decide what it
        // loses.
        boolean growsInGroups =
                used.grow().equals(GrowRule.RANDOM) || used.grow().equals(GrowRule.GRADIENT);
        if (hasNm && !growsInGroups) {
            throw new InvalidConfigException(
                    rules == null ? "--method" : "rules",
                    rules == null ? method : rules.text(),
                    "those that grow as SET or RIGL where weights are N:M");
        }
    }

    /** Refuses blocks to rules that are about single links, and to those about chains of links anything but a chain. */
    private static void requireLinks(
            Method method, @Nullable Rules used, Model model, int block, List<WeightOverride> overrides) {
        boolean chain = used != null && used.drop().dropsDeadLinks();
        boolean single = used != null
                && (chain || used.grow().equals(GrowRule.TOPOLOGY) || used.grow() instanceof GrowRule.FanIn);
        for (WeightOverride override : overrides) {
            if (single && override.blockRows() * override.blockCols() > 1) {
                throw new InvalidConfigException("--set", override, "blocks of 1x1 with --method " + method);
            }
        }
        if (single && block > 1) {
            throw new InvalidConfigException("--block", "of " + block + " weights", "1x1 with --method " + method);
        }
        if (chain && !(model instanceof Perceptron)) {
            throw new InvalidConfigException(
                    "--method", method, "models of linear layers that follow one another, as 784-1024-10, with it");
        }
    }

    private static @Nullable Rules rulesOf(Method method, Optimizer optimizer) {
        return switch (method) {
            case SET, DYNSPARSE -> Rules.SET;
            case RIGL -> Rules.RIGL;
            case SNFS ->
                switch (optimizer) {
                    // Without momentum there is that of its paper to grow by.
                    case Optimizer.Sgd sgd -> Rules.snfs(sgd.momentum() == 0 ? 0.9 : sgd.momentum(), 0);
                    case Optimizer.Adam adam -> Rules.snfs(adam.beta1(), adam.beta2());
                };
            case SRIGL -> Rules.srigl(0.3);
            case GSE -> Rules.gse(1);
            case CHTS -> Rules.CHTS;
            case DENSE, STATIC, SR_STE -> null;
        };
    }

    /** What a rewiring drops and grows; null if there is none. */
    @Nullable
    Rules usedRules() {
        return rules == null ? rulesOf(method, optimizer) : rules;
    }

    private static void requireSteps(long steps, int evalEvery, long warmupSteps) {
        requireNumber("--steps", steps, steps >= 0 && steps <= MOST_STEPS, "integers from 1 to " + MOST_STEPS);
        if (steps == 0 && evalEvery != 0) {
            throw new InvalidConfigException("--eval-every", evalEvery, "it with --steps");
        }
        requireInteger("--eval-every", evalEvery, 0, Integer.MAX_VALUE);
        boolean fits = warmupSteps >= 0 && (steps == 0 ? warmupSteps <= MOST_STEPS : warmupSteps < steps);
        requireNumber("--warmup-steps", warmupSteps, fits, "integers from 0, fewer than all steps");
    }

    private static void requireNm(@Nullable NmSparsity nm, Method method, SrSte srSte) {
        if (nm == null && method == Method.SR_STE) {
            throw new InvalidConfigException("--nm", "none", "N:M, as 2:4, with --method sr-ste");
        }
        if (nm != null && method == Method.SR_STE && srSte.transposable() && nm.m() > MOST_TRANSPOSABLE_M) {
            throw new InvalidConfigException("--nm", nm, "N:M with M 2 or 4 with --transposable");
        }
    }

    private static boolean inRange(int value, int least, int most) {
        return value >= least && value <= most;
    }

    private static void requireInteger(String option, int value, int least, int most) {
        if (!inRange(value, least, most)) {
            throw new InvalidConfigException(option, value, "integers from " + least + " to " + most);
        }
    }

    private static void requireNumber(String option, Number value, boolean accepted, String description) {
        if (!accepted) {
            throw new InvalidConfigException(option, value, description);
        }
    }

    /**
     * The defaults: RigL at 90 % on single weights, for Fashion-MNIST.
     *
     * @return settings to start from
     */
    public static TrainingConfigBuilder builder() {
        return new TrainingConfigBuilder();
    }

    /**
     * These settings, to change some.
     *
     * @return a copy
     */
    public TrainingConfigBuilder toBuilder() {
        return new TrainingConfigBuilder()
                .model(model)
                .method(method)
                .sparsity(sparsity)
                .distribution(distribution)
                .block(blockRows, blockCols)
                .nm(nm)
                .srSte(srSte)
                .overrides(overrides)
                .epochs(epochs)
                .steps(steps)
                .evalEvery(evalEvery)
                .batch(batch)
                .augmentation(augmentation)
                .learningRate(learningRate)
                .rateDecay(rateDecay)
                .warmupEpochs(warmupEpochs)
                .warmupSteps(warmupSteps)
                .optimizer(optimizer)
                .clip(clip)
                .rules(rules)
                .annealing(annealing)
                .deltaT(deltaT)
                .alpha(alpha)
                .rewireFrom(rewireFrom)
                .rewireUntil(rewireUntil)
                .seed(seed)
                .device(device)
                .threads(threads)
                .profile(profile);
    }

    /**
     * The same run of the dense network, to compare with.
     *
     * @return these settings but for the method, its rules, the profile and the device, which is the CPU
     */
    public TrainingConfig asDense() {
        return toBuilder()
                .method(Method.DENSE)
                .rules(null)
                .device(Device.CPU)
                .profile(false)
                .build();
    }

    /**
     * The model as on the command line.
     *
     * @return for instance {@code 784-1024-1024-10}
     */
    public String modelText() {
        return model.text();
    }

    /**
     * All settings as text, as a checkpoint has them.
     *
     * @return by name, that of the command line where it has one
     */
    public Map<String, String> settings() {
        return ConfigText.format(this);
    }

    /** The weights of a network that learns from such samples, or refuses them. */
    Outline outline(Shape sample, int outputs) {
        Shape input = model.input(sample);
        Outline outline = new Outline();
        Layer layers = model.layers(input, outputs);
        try {
            layers.outline(outline, input);
        } catch (InvalidConfigException e) {
            throw new InvalidConfigException(
                    "--model", model.text(), "does not fit samples of " + input + ": " + e.fault(), e.accepted());
        }
        if (outline.weights().isEmpty()) {
            throw new InvalidConfigException(
                    "--model",
                    model.text(),
                    "has no weights",
                    "models with layers that have some, as Linear and Conv2d");
        }
        requireNmIn(outline);
        WeightForm.of(this, outline.weights()); // refuses what does not fit
        return outline;
    }

    private void requireNmIn(Outline outline) {
        if (nm != null && WeightForm.nm(this, outline.weights()).isEmpty()) {
            throw new InvalidConfigException(
                    "--nm",
                    nm,
                    "blocks, or N:M of which M divides the inputs of a layer before the last of --model " + model.text()
                            + " that is no convolution");
        }
    }

    /** Refuses a batch that is larger than the data. */
    void requireBatch(int samples) {
        requireInteger("--batch", batch, 1, Math.min(MOST_BATCH, samples));
    }

    /** The learning rate of a run of so many steps. */
    LearningRate learningRateOf(long steps, long stepsOfEpoch) {
        LearningRate rate = switch (rateDecay) {
            case CONSTANT -> new LearningRate.Constant(learningRate);
            case STEP ->
                new LearningRate.Step(learningRate, 0.1, steps < 4 ? List.of() : List.of(steps / 2, steps * 3 / 4));
            case COSINE -> new LearningRate.Cosine(learningRate, 0, 0, steps);
        };
        return rate.withWarmup(Math.min(steps - 1, warmupSteps == 0 ? warmupEpochs * stepsOfEpoch : warmupSteps));
    }

    /** How a run of so many steps is rewired. */
    Rewiring rewiringOf(long steps) {
        if (method == Method.SR_STE) {
            return Rewiring.ofMasks(srSte.maskInterval(), steps);
        }
        Rules own = usedRules();
        long end = own == null ? 0 : (long) (rewireUntil * steps);
        long begin = Math.min(end, (long) (rewireFrom * steps));
        Rules used = own == null ? Rules.SET : own;
        return new Rewiring(used.drop(), used.grow(), new DropSchedule(annealing, alpha, deltaT, begin, end));
    }
}
