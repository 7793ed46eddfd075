package dev.rewire.training;

import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a run, all that decides its result beside the data and, for the last bits, the machine.
 *
 * @param model number of features from the input to the logits, at least two, as {@code 784-1024-10}
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
        List<Integer> model,
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
    private static final int MOST_FEATURES = 1 << 20;
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
        model = List.copyOf(model);
        requireModel(model);
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
        requireNm(nm, method, srSte, model);
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
    }

    private static void requireModel(List<Integer> model) {
        String text = text(model);
        if (model.size() < 2) {
            throw new InvalidConfigException("--model", text, "two sizes or more, as 784-1024-10");
        }
        for (int l = 0; l < model.size(); l++) {
            if (!inRange(model.get(l), 1, MOST_FEATURES)) {
                throw new InvalidConfigException("--model", text, "sizes from 1 to " + MOST_FEATURES);
            }
            if (l > 0 && (long) model.get(l) * model.get(l - 1) > Integer.MAX_VALUE - MOST_BLOCK) {
                throw new InvalidConfigException(
                        "--model", text, "layers of up to " + (Integer.MAX_VALUE - MOST_BLOCK) + " weights");
            }
        }
    }

    private static void requireNm(@Nullable NmSparsity nm, Method method, SrSte srSte, List<Integer> model) {
        if (nm == null) {
            if (method == Method.SR_STE) {
                throw new InvalidConfigException("--nm", "none", "N:M, as 2:4, with --method sr-ste");
            }
            return;
        }
        if (method == Method.SR_STE && srSte.transposable() && nm.m() > MOST_TRANSPOSABLE_M) {
            throw new InvalidConfigException("--nm", nm, "N:M with M 2 or 4 with --transposable");
        }
        boolean any = false;
        for (int l = 0; l < model.size() - 1; l++) {
            any |= isNm(nm, method, srSte, model, l);
        }
        if (!any) {
            throw new InvalidConfigException(
                    "--nm",
                    nm,
                    "N:M of which M divides the inputs of a layer before the last of --model " + text(model));
        }
    }

    private static boolean isNm(@Nullable NmSparsity nm, Method method, SrSte srSte, List<Integer> model, int layer) {
        if (nm == null || layer == model.size() - 2 || model.get(layer) % nm.m() != 0) {
            return false;
        }
        boolean transposable = method == Method.SR_STE && srSte.transposable();
        return !transposable || model.get(layer + 1) % nm.m() == 0;
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

    private static String text(List<Integer> model) {
        return String.join("-", model.stream().map(String::valueOf).toList());
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
        return text(model);
    }

    /** Refuses settings that do not fit the images. */
    void requireFit(ImageData data) {
        if (model.get(0) != data.features() || model.get(model.size() - 1) < data.classes()) {
            throw new InvalidConfigException(
                    "--model",
                    modelText(),
                    "models that start with " + data.features() + ", the pixels of an image, and end with "
                            + data.classes() + " or more, the classes");
        }
        requireInteger("--batch", batch, 1, Math.min(MOST_BATCH, data.train().size()));
    }

    /**
     * Whether a layer is N:M: not the output layer, which is small, nor one whose inputs (with transposable masks outputs, too) M does not divide.
     *
     * @param layer its number, from 0
     * @return false if the layer is dense or in blocks
     */
    public boolean isNm(int layer) {
        return isNm(nm, method, srSte, model, layer);
    }

    /** The shapes of the layers. */
    List<LayerShape> layers() {
        List<LayerShape> layers = new ArrayList<>();
        for (int l = 1; l < model.size(); l++) {
            layers.add(LayerShape.linear(model.get(l), model.get(l - 1)));
        }
        return layers;
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
