package dev.rewire.training;

import dev.rewire.training.data.Augmentation;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Perceptron;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a run; those that are not set keep a default. Sizes of a model are checked at once, the rest by {@link #build}. */
public final class TrainingConfigBuilder {
    private static final int UNSET = -1;

    /** Kingma and Ba 2015, section 2. */
    private static final double ADAM_RATE = 0.001;

    private Model model = new Perceptron(List.of(784, 1024, 1024, 10));
    private Method method = Method.RIGL;
    private double sparsity = 0.9;
    private Distribution distribution = Distribution.ERK;
    private @Nullable Integer blockRows;
    private @Nullable Integer blockCols;
    private @Nullable NmSparsity nm;
    private SrSte srSte = SrSte.DEFAULT;
    private List<WeightOverride> overrides = List.of();
    private int epochs = 12;
    private long steps;
    private int evalEvery;
    private int batch = 128;
    private Augmentation augmentation = Augmentation.NONE;
    private @Nullable Double learningRate;
    private RateDecay rateDecay = RateDecay.COSINE;
    private int warmupEpochs = UNSET;
    private long warmupSteps;
    private Optimizer optimizer = new Optimizer.Sgd(0.9, true, 5e-4);
    private double clip;
    private @Nullable Rules rules;
    private @Nullable Annealing annealing;
    private @Nullable Integer deltaT;
    private @Nullable Double alpha;
    private double rewireFrom;
    private @Nullable Double rewireUntil;
    private long seed;
    private Device device = Device.CPU;
    private int threads = 1;
    private boolean profile;

    TrainingConfigBuilder() {}

    /**
     * Sets the model to linear layers with ReLUs between them.
     *
     * @param features number of features from the input to the logits
     * @return this
     * @throws dev.rewire.training.setting.InvalidConfigException if a size is out of range
     */
    public TrainingConfigBuilder model(List<Integer> features) {
        return model(new Perceptron(features));
    }

    /**
     * Sets the model.
     *
     * @param value the network
     * @return this
     */
    public TrainingConfigBuilder model(Model value) {
        model = value;
        return this;
    }

    /**
     * Sets the method.
     *
     * @param value how the network is trained
     * @return this
     */
    public TrainingConfigBuilder method(Method value) {
        method = value;
        return this;
    }

    /**
     * Sets the sparsity.
     *
     * @param value share of the weights that are absent
     * @return this
     */
    public TrainingConfigBuilder sparsity(double value) {
        sparsity = value;
        return this;
    }

    /**
     * Sets the distribution.
     *
     * @param value how the sparsity is shared out among the layers
     * @return this
     */
    public TrainingConfigBuilder distribution(Distribution value) {
        distribution = value;
        return this;
    }

    /**
     * Sets the block.
     *
     * @param rows rows of a block of weights
     * @param cols columns of a block of weights
     * @return this
     */
    public TrainingConfigBuilder block(int rows, int cols) {
        blockRows = rows;
        blockCols = cols;
        return this;
    }

    /**
     * Sets N:M sparsity.
     *
     * @param value how many of each group are kept, or null for blocks
     * @return this
     */
    public TrainingConfigBuilder nm(@Nullable NmSparsity value) {
        nm = value;
        return this;
    }

    /**
     * Sets SR-STE.
     *
     * @param value its settings
     * @return this
     */
    public TrainingConfigBuilder srSte(SrSte value) {
        srSte = value;
        return this;
    }

    /**
     * Sets settings of some weights.
     *
     * @param value in the place of sparsity, block and N:M; later ones win
     * @return this
     */
    public TrainingConfigBuilder overrides(List<WeightOverride> value) {
        overrides = value;
        return this;
    }

    /**
     * Sets the epochs.
     *
     * @param value passes over the training images
     * @return this
     */
    public TrainingConfigBuilder epochs(int value) {
        epochs = value;
        return this;
    }

    /**
     * Sets the length.
     *
     * @param value steps of the run, or 0 if epochs decide
     * @return this
     */
    public TrainingConfigBuilder steps(long value) {
        steps = value;
        return this;
    }

    /**
     * Sets the interval of evaluation.
     *
     * @param value steps from one evaluation to the next, or 0 for a pass over the training samples
     * @return this
     */
    public TrainingConfigBuilder evalEvery(int value) {
        evalEvery = value;
        return this;
    }

    /**
     * Sets the batch.
     *
     * @param value images of a step
     * @return this
     */
    public TrainingConfigBuilder batch(int value) {
        batch = value;
        return this;
    }

    /**
     * Sets the augmentation.
     *
     * @param value what is done to training images
     * @return this
     */
    public TrainingConfigBuilder augmentation(Augmentation value) {
        augmentation = value;
        return this;
    }

    /**
     * Sets the learning rate.
     *
     * @param value the peak rate
     * @return this
     */
    public TrainingConfigBuilder learningRate(double value) {
        learningRate = value;
        return this;
    }

    /**
     * Sets the learning rate to what is usual, as it is where nothing sets it: the model's with SGD, 0.001 with Adam.
     *
     * @return this
     */
    public TrainingConfigBuilder usualLearningRate() {
        learningRate = null;
        return this;
    }

    private double usualRate() {
        return switch (optimizer) {
            case Optimizer.Sgd _ -> model.learningRate();
            case Optimizer.Adam _ -> ADAM_RATE;
        };
    }

    /**
     * Sets the decay of the learning rate.
     *
     * @param value how the rate falls
     * @return this
     */
    public TrainingConfigBuilder rateDecay(RateDecay value) {
        rateDecay = value;
        return this;
    }

    /**
     * Sets the warm-up.
     *
     * @param value epochs of linear warm-up; if not set, one, or none in a run of one epoch
     * @return this
     */
    public TrainingConfigBuilder warmupEpochs(int value) {
        warmupEpochs = value;
        return this;
    }

    /**
     * Sets the warm-up in steps.
     *
     * @param value steps of linear warm-up, or 0 if epochs of warm-up decide
     * @return this
     */
    public TrainingConfigBuilder warmupSteps(long value) {
        warmupSteps = value;
        return this;
    }

    /**
     * Sets the optimizer.
     *
     * @param value the optimiser and its settings
     * @return this
     */
    public TrainingConfigBuilder optimizer(Optimizer value) {
        optimizer = value;
        return this;
    }

    /**
     * Sets the clipping of gradients.
     *
     * @param value largest L2 norm of the gradient of all parameters together, or 0 for any
     * @return this
     */
    public TrainingConfigBuilder clip(double value) {
        clip = value;
        return this;
    }

    /**
     * Sets the rules of rewiring.
     *
     * @param value what is dropped and grown, or null for the rules of the method
     * @return this
     */
    public TrainingConfigBuilder rules(@Nullable Rules value) {
        rules = value;
        return this;
    }

    /**
     * Sets how the share of exchanged blocks falls.
     *
     * @param value its course; if not set, that of {@link Method#usual}, as are interval, alpha, end and block
     * @return this
     */
    public TrainingConfigBuilder annealing(Annealing value) {
        annealing = value;
        return this;
    }

    /**
     * Sets the interval of rewiring.
     *
     * @param value steps from one rewiring to the next
     * @return this
     */
    public TrainingConfigBuilder deltaT(int value) {
        deltaT = value;
        return this;
    }

    /**
     * Sets the alpha.
     *
     * @param value share of a layer's blocks that the first rewiring exchanges
     * @return this
     */
    public TrainingConfigBuilder alpha(double value) {
        alpha = value;
        return this;
    }

    /**
     * Sets the begin of rewiring.
     *
     * @param value share of all steps at which the network is rewired first
     * @return this
     */
    public TrainingConfigBuilder rewireFrom(double value) {
        rewireFrom = value;
        return this;
    }

    /**
     * Sets the end of rewiring.
     *
     * @param value share of all steps after which nothing is rewired
     * @return this
     */
    public TrainingConfigBuilder rewireUntil(double value) {
        rewireUntil = value;
        return this;
    }

    /**
     * Sets block, annealing, interval, alpha and end of rewiring to those of the method, as they are where nothing sets them.
     *
     * @return this
     */
    public TrainingConfigBuilder usualRewiring() {
        blockRows = null;
        blockCols = null;
        annealing = null;
        deltaT = null;
        alpha = null;
        rewireUntil = null;
        return this;
    }

    /**
     * Sets the seed.
     *
     * @param value of every random choice
     * @return this
     */
    public TrainingConfigBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Sets the device.
     *
     * @param value where products of N:M layers are computed
     * @return this
     */
    public TrainingConfigBuilder device(Device value) {
        device = value;
        return this;
    }

    /**
     * Sets the threads.
     *
     * @param value who computes, the calling thread included
     * @return this
     */
    public TrainingConfigBuilder threads(int value) {
        threads = value;
        return this;
    }

    /**
     * Sets whether time is taken.
     *
     * @param value whether the time of each layer is taken
     * @return this
     */
    public TrainingConfigBuilder profile(boolean value) {
        profile = value;
        return this;
    }

    /**
     * The settings.
     *
     * @return the settings, checked
     * @throws InvalidConfigException if one is out of range
     */
    public TrainingConfig build() {
        Method.Usual usual = method.usual();
        return new TrainingConfig(
                        model,
                        method,
                        sparsity,
                        distribution,
                        blockRows == null ? usual.block() : blockRows,
                        blockCols == null ? usual.block() : blockCols,
                        nm,
                        srSte,
                        overrides,
                        epochs,
                        steps,
                        evalEvery,
                        batch,
                        augmentation,
                        learningRate == null ? usualRate() : learningRate,
                        rateDecay,
                        warmupEpochs == UNSET ? Math.min(1, epochs - 1) : warmupEpochs,
                        warmupSteps,
                        optimizer,
                        clip,
                        rules,
                        annealing == null ? usual.annealing() : annealing,
                        deltaT == null ? usual.deltaT() : deltaT,
                        alpha == null ? usual.alpha() : alpha,
                        rewireFrom,
                        rewireUntil == null ? usual.until() : rewireUntil,
                        seed,
                        device,
                        threads,
                        profile)
                .checked();
    }
}
