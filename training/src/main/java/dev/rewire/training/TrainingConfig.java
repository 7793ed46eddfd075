package dev.rewire.training;

import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.List;
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
 * @param epochs passes over the training images
 * @param batch images of a step; those that are left over at the end of an epoch are left out of it
 * @param learningRate the peak rate
 * @param rateDecay how the rate falls from there
 * @param warmupEpochs epochs of linear warm-up to the peak, fewer than epochs
 * @param optimizer the optimiser and its settings
 * @param deltaT ΔT, steps from one rewiring to the next
 * @param alpha α, the share of a layer's blocks that the first rewiring exchanges; it falls to 0 along half a cosine
 * @param rewireUntil T<sub>end</sub> as a share of all steps, 0 to 1
 * @param seed of every random choice
 * @param device where products of N:M layers are computed; GPU needs nm to be 2:4
 * @param threads who computes, the calling thread included; the result does not depend on it
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
        int epochs,
        int batch,
        double learningRate,
        RateDecay rateDecay,
        int warmupEpochs,
        Optimizer optimizer,
        int deltaT,
        double alpha,
        double rewireUntil,
        long seed,
        Device device,
        int threads) {
    private static final int MOST_BATCH = 1 << 16;
    private static final int MOST_BLOCK = 64;
    private static final int MOST_TRANSPOSABLE_M = 4;
    private static final int MOST_THREADS = 1024;
    private static final int MOST_EPOCHS = 1_000_000;

    /**
     * Checks the settings.
     *
     * @throws InvalidConfigException if one is out of range
     */
    public TrainingConfig {
        Objects.requireNonNull(model, "--model: null; accepted are models");
        nm = method == Method.DENSE ? null : nm;
        sparsity = method == Method.DENSE ? 0 : nm == null ? sparsity : nm.sparsity();
        distribution = nm == null ? distribution : Distribution.UNIFORM;
        blockRows = nm == null ? blockRows : 1;
        blockCols = nm == null ? blockCols : 1;
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
        requireInteger("--epochs", epochs, 1, MOST_EPOCHS);
        requireInteger("--batch", batch, 1, MOST_BATCH);
        requireNumber(
                "--lr",
                learningRate,
                learningRate > 0 && (float) learningRate < Float.POSITIVE_INFINITY,
                "numbers above 0 that a float can hold");
        requireInteger("--warmup", warmupEpochs, 0, epochs - 1);
        requireInteger("--delta-t", deltaT, 1, Integer.MAX_VALUE);
        requireNumber("--alpha", alpha, alpha > 0 && alpha <= 1, "numbers above 0, at most 1");
        requireNumber("--rewire-until", rewireUntil, rewireUntil >= 0 && rewireUntil <= 1, "numbers from 0 to 1");
        requireInteger("--threads", threads, 1, MOST_THREADS);
        if (model instanceof Perceptron perceptron) {
            // Its weights depend on no data, so what cannot be had of them is refused at once.
            Outline outline = new Outline();
            perceptron.layers().outline(outline, perceptron.input());
            requireNmIn(nm, method, srSte, model, outline);
        }
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

    private static void requireNumber(String option, double value, boolean accepted, String description) {
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
                .epochs(epochs)
                .batch(batch)
                .learningRate(learningRate)
                .rateDecay(rateDecay)
                .warmupEpochs(warmupEpochs)
                .optimizer(optimizer)
                .deltaT(deltaT)
                .alpha(alpha)
                .rewireUntil(rewireUntil)
                .seed(seed)
                .device(device)
                .threads(threads);
    }

    /**
     * The same run of the dense network, to compare with.
     *
     * @return these settings but for the method and the device, which is the CPU
     */
    public TrainingConfig asDense() {
        return toBuilder().method(Method.DENSE).device(Device.CPU).build();
    }

    /**
     * The model as on the command line.
     *
     * @return for instance {@code 784-1024-1024-10}
     */
    public String modelText() {
        return model.text();
    }

    /** The weights of a network that learns from such samples, or refuses them. */
    Outline outline(Shape sample, int outputs) {
        Shape input = model.input(sample);
        Outline outline = new Outline();
        model.layers(input, outputs).outline(outline, input);
        requireNmIn(nm, method, srSte, model, outline);
        return outline;
    }

    private static void requireNmIn(@Nullable NmSparsity nm, Method method, SrSte srSte, Model model, Outline outline) {
        if (nm != null && NmWeights.of(nm, method, srSte, outline.weights()).isEmpty()) {
            throw new InvalidConfigException(
                    "--nm",
                    nm,
                    "N:M of which M divides the inputs of a layer before the last of --model " + model.text());
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
        return rate.withWarmup(warmupEpochs * stepsOfEpoch);
    }

    /** How a run of so many steps is rewired. */
    Rewiring rewiringOf(long steps) {
        return method == Method.SR_STE
                ? Rewiring.ofMasks(srSte.maskInterval(), steps)
                : Rewiring.of(method, alpha, deltaT, (long) (rewireUntil * steps));
    }
}
