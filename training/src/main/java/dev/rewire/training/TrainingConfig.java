package dev.rewire.training;

import dev.rewire.training.data.ImageData;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a run, all that decides its result beside the data and, for the last bits, the machine.
 *
 * @param model number of features from the input to the logits, at least two, as {@code 784-1024-10}
 * @param method how the network is trained
 * @param sparsity share of the weights that are absent, 0 to below 1; 0 for the dense method, whatever is given
 * @param distribution how the sparsity is shared out among the layers
 * @param blockRows rows of a block of weights, along the outputs, 1 to 64; the dense method chooses its own
 * @param blockCols columns of a block of weights, along the inputs, 1 to 64
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
 * @param threads who computes, the calling thread included; the result does not depend on it
 */
public record TrainingConfig(
        List<Integer> model,
        Method method,
        double sparsity,
        Distribution distribution,
        int blockRows,
        int blockCols,
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
        int threads) {
    private static final int MOST_FEATURES = 1 << 20;
    private static final int MOST_BATCH = 1 << 16;
    private static final int MOST_BLOCK = 64;
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
        sparsity = method == Method.DENSE ? 0 : sparsity;
        requireNumber("--sparsity", sparsity, sparsity >= 0 && sparsity < 1, "numbers from 0 to below 1");
        if (!(inRange(blockRows, 1, MOST_BLOCK) && inRange(blockCols, 1, MOST_BLOCK))) {
            throw new InvalidConfigException(
                    "--block", blockRows + "x" + blockCols, "RxC with R and C from 1 to " + MOST_BLOCK);
        }
        requireInteger("--epochs", epochs, 1, MOST_EPOCHS);
        requireInteger("--batch", batch, 1, MOST_BATCH);
        requireNumber(
                "--lr",
                learningRate,
                learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
                "finite numbers above 0");
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
                .threads(threads);
    }

    /**
     * The same run of the dense network, to compare with.
     *
     * @return these settings but for the method
     */
    public TrainingConfig asDense() {
        return toBuilder().method(Method.DENSE).build();
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
}
