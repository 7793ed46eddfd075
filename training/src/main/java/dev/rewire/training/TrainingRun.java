package dev.rewire.training;

import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.Samples;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.watch.RewiringListener;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network being trained: create or resume it, train it epoch by epoch, save it at any step. It owns off-heap memory and threads, so close it. For one thread at a time.
 *
 * <p>Each pass over the training samples shuffles them anew; of samples that overlap, as the windows of a text do, each batch is drawn by itself. The seed decides every
 * random choice: on Rewire's own kernels a run with the same settings has the same bits for any number of threads, and whether or not it was
 * interrupted, on machines with vectors of the same width. Targets decide the loss: {@link dev.rewire.training.loss.SoftmaxCrossEntropy} of classes,
 * {@link dev.rewire.training.loss.MeanSquaredError} of values.
 */
public final class TrainingRun implements AutoCloseable {
    private final TrainingConfig config;
    private final DataSplit data;
    private final RunStart.Resources resources;
    private final RunLoop loop;
    private final Evaluator evaluator;
    private String dataHash = "";

    /** A run of which {@link RunStart} made the parts. */
    TrainingRun(
            TrainingConfig config, DataSplit data, RunStart.Resources resources, RunLoop loop, Evaluator evaluator) {
        this.config = config;
        this.data = data;
        this.resources = resources;
        this.loop = loop;
        this.evaluator = evaluator;
    }

    /**
     * Starts a run.
     *
     * @param config its settings
     * @param data what it learns from and is tested with
     * @return the run, before its first step
     * @throws InvalidConfigException if the settings do not fit the data, or ask for a device that cannot be had
     */
    public static TrainingRun create(TrainingConfig config, DataSplit data) {
        return create(config, data, null);
    }

    /**
     * Starts a run of a dense network whose products a library computes.
     *
     * @param config its settings, of method {@link Method#DENSE} if there is a library
     * @param data what it learns from and is tested with
     * @param backend the library, which has to be available, or null for Rewire's own kernels
     * @return the run, before its first step
     * @throws InvalidConfigException if the settings do not fit the data or the library
     */
    public static TrainingRun create(TrainingConfig config, DataSplit data, @Nullable DenseBackend backend) {
        return RunStart.create(config, data, backend);
    }

    /**
     * Goes on with a saved run, on Rewire's own kernels or the device of its settings.
     *
     * @param file a checkpoint of a run whose model is a preset
     * @param data the samples that the run was started with
     * @param threads who computes from now on
     * @return the run, where it was saved
     * @throws CheckpointException if the file is no whole checkpoint, of a run on other samples or another engine, or its model or rules are no preset ones
     * @throws InvalidConfigException if it was on a device that cannot be had here
     * @throws IOException if reading fails
     */
    public static TrainingRun resume(Path file, DataSplit data, int threads) throws IOException {
        return resume(file, data, threads, null);
    }

    /**
     * Goes on with a saved run.
     *
     * @param file a checkpoint of a run whose model is a preset
     * @param data the samples that the run was started with
     * @param threads who computes from now on
     * @param backend the library that the run was started with, or null for Rewire's own kernels
     * @return the run, where it was saved
     * @throws CheckpointException if the file is no whole checkpoint, of a run on other samples or another engine, or its model or rules are no preset ones
     * @throws InvalidConfigException if it was on a device that cannot be had here
     * @throws IOException if reading fails
     */
    public static TrainingRun resume(Path file, DataSplit data, int threads, @Nullable DenseBackend backend)
            throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            TrainingConfig config = saved.config().toBuilder().threads(threads).build();
            return RunStart.resume(file, saved, config, data, backend);
        }
    }

    /**
     * Goes on with a saved run that a configuration at hand describes, with its model and rules, which may be one's own.
     *
     * @param file a checkpoint
     * @param data the samples that the run was started with
     * @param config the settings that the run was started with; threads and profile may be others
     * @return the run, where it was saved
     * @throws CheckpointException if the file is no whole checkpoint, or of a run on other samples, with other settings or on another engine
     * @throws InvalidConfigException if it was on a device that cannot be had here
     * @throws IOException if reading fails
     */
    public static TrainingRun resume(Path file, DataSplit data, TrainingConfig config) throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            saved.requireSame(config);
            return RunStart.resume(file, saved, config, data, null);
        }
    }

    /**
     * The settings of a saved run.
     *
     * @param file a checkpoint
     * @return its settings
     * @throws CheckpointException if the file is no whole checkpoint
     * @throws IOException if reading fails
     */
    public static TrainingConfig configOf(Path file) throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            return saved.config();
        }
    }

    /**
     * What the epochs of a saved run came to.
     *
     * @param file a checkpoint
     * @return a result for each epoch, from the first to the last
     * @throws CheckpointException if the file is no whole checkpoint
     * @throws IOException if reading fails
     */
    public static List<EpochResult> resultsOf(Path file) throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            return saved.results();
        }
    }

    /**
     * Who computed the products of a saved run.
     *
     * @param file a checkpoint
     * @return {@code rewire}, or the name of a {@link DenseBackend} or {@link NmBackend}
     * @throws CheckpointException if the file is no whole checkpoint
     * @throws IOException if reading fails
     */
    public static String engineOf(Path file) throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            return saved.engine();
        }
    }

    /**
     * Saves the run; any file of this name is replaced at once, when the new one is whole.
     *
     * @param file where to; a file that is replaced keeps its mode, and if it is a symbolic link, the file is replaced that it leads to
     * @throws DivergedException if the run has diverged; what the file held before is kept
     * @throws IOException if writing fails or the name is that of no regular file, with the name; what the file held before is kept
     */
    public void save(Path file) throws IOException {
        loop.requireFinite();
        SavedRun.save(file, config, resources.engine().name(), data, dataHash(), loop.trainer(), loop.tally());
    }

    /** Takes up what was saved of a run on samples of this hash. */
    void restore(SavedRun saved, String hash) throws IOException {
        saved.restore(loop.trainer(), loop.tally(), totalSteps());
        dataHash = hash;
    }

    /**
     * Takes one step.
     *
     * @return mean loss of its batch, before the update
     * @throws IllegalStateException if the run is complete
     * @throws DivergedException if the loss is no finite number, now or at an earlier step
     */
    public double step() {
        loop.requireConverging();
        if (isComplete()) {
            throw new IllegalStateException("the run is complete: " + steps() + " steps were taken");
        }
        return loop.step();
    }

    /**
     * Trains to the end of the current epoch and tests.
     *
     * @param listener is told of each step
     * @return what the epoch came to
     * @throws IllegalStateException if the run is complete
     * @throws DivergedException if the loss, or after the last step the weights, are no finite numbers
     */
    public EpochResult trainEpoch(StepListener listener) {
        do {
            double loss = step();
            listener.stepTaken(steps(), loss);
        } while (steps() % stepsOfEpoch() != 0 && !isComplete());
        loop.requireFinite();
        return loop.tally().endEpoch(epochs(), evaluate(data.test()));
    }

    /**
     * Classifies the test samples.
     *
     * @return the share of the predictions that name the right class; NaN if they are no classes
     * @throws DivergedException if the loss is no finite number
     */
    public double test() {
        return evaluate(data.test()).accuracy();
    }

    /**
     * Predicts samples and compares that with their targets.
     *
     * @param of samples of the shape and targets that the run learns from
     * @return how well they are predicted
     * @throws IllegalArgumentException if they are of other shape or targets
     * @throws DivergedException if the loss is no finite number
     */
    public Evaluation evaluate(Samples of) {
        return evaluator.evaluate(of, steps());
    }

    /**
     * Predicts samples.
     *
     * @param of samples of the shape that the run learns from; their targets are not looked at
     * @return what the network makes of them
     * @throws IllegalArgumentException if they are of another shape
     * @throws DivergedException if an output is no finite number
     */
    public Predictions predict(Samples of) {
        return evaluator.predict(of, steps());
    }

    /**
     * Where the run stands.
     *
     * @return counters, times and hashes
     */
    public RunSummary summary() {
        return loop.summary(epochs(), config.batch(), resources.engine().name());
    }

    /**
     * What each epoch came to, those before the run was resumed included.
     *
     * @return a result for each epoch that {@link #trainEpoch} ended, from the first to the last
     */
    public List<EpochResult> results() {
        return loop.tally().results();
    }

    /**
     * Which samples the run learns from: it can be resumed on these alone.
     *
     * @return SHA-256 of the training samples, in hexadecimal
     */
    public String dataHash() {
        if (dataHash.isEmpty()) {
            dataHash = data.train().sha256();
        }
        return dataHash;
    }

    /**
     * The samples.
     *
     * @return what the run learns from and is tested with
     */
    public DataSplit data() {
        return data;
    }

    /**
     * Where the time of the steps that this process has taken went.
     *
     * @return a row for each pass of each layer, then for the parts around them; none unless {@link TrainingConfig#profile} is set and a step was taken
     */
    public List<ProfileRow> profile() {
        return loop.profile();
    }

    /**
     * Has somebody told of rewirings. That takes a look at all weights before each of them and after it; without a listener nothing is looked at.
     *
     * @param listener whom; another one takes its place
     */
    public void onRewiring(RewiringListener listener) {
        loop.trainer().listener(listener);
    }

    /**
     * Operations so far.
     *
     * @return those of all steps, as {@link dev.rewire.training.rewiring.Flops} counts them
     */
    public double trainFlops() {
        return loop.trainer().flops() * config.batch();
    }

    /**
     * Time so far, that before the run was resumed included.
     *
     * @return seconds of all steps, tests left out
     */
    public double trainSeconds() {
        return loop.tally().seconds();
    }

    /**
     * Where the time of the last epoch's steps went. What is missing from their duration is around the parts: little.
     *
     * @return milliseconds of loading, forward, loss (with its gradient), backward, optimizer and rewiring, in this order; all 0 before an epoch ended in this process
     */
    public Map<String, Double> epochMillis() {
        return loop.tally().clock().lastMillis();
    }

    /**
     * Memory so far.
     *
     * @return the most bytes off the heap that the run had at a time, as {@link RunSummary#peakMemoryBytes} counts them
     */
    public long peakMemoryBytes() {
        return loop.network().setting().arena().peakBytes();
    }

    /**
     * How many weights the settings want.
     *
     * @return of each weights that may be sparse, in the order of the forward pass, their number times their density, before that was rounded to whole blocks
     */
    public List<Double> targetNonzeros() {
        return loop.trainer().targetNonzeros(config);
    }

    /**
     * How each layer computes its products with the weights.
     *
     * @return a line for each layer, from the first to the last
     */
    public List<String> plans() {
        return loop.plans();
    }

    /**
     * The parameters of the network.
     *
     * @return all of them, in the order of the forward pass
     */
    public List<NamedParameter> parameters() {
        return loop.network().parameters();
    }

    /**
     * What results and times depend on where a device computes.
     *
     * @return by name, as {@code device} and {@code driver}; empty on the CPU
     */
    public Map<String, String> deviceEnvironment() {
        return resources.engine().environment();
    }

    /**
     * The settings.
     *
     * @return what the run was started with
     */
    public TrainingConfig config() {
        return config;
    }

    /**
     * Steps taken.
     *
     * @return 0 to {@link #totalSteps}
     */
    public long steps() {
        return loop.steps();
    }

    /**
     * Steps from one test to the next: a pass over the training samples, which is their number / batch, rounded down, unless the settings say how many.
     *
     * @return at least 1
     */
    public int stepsOfEpoch() {
        return loop.length().stepsOfEpoch();
    }

    /**
     * Steps of the whole run.
     *
     * @return epochs · stepsOfEpoch, or as many as the settings say
     */
    public long totalSteps() {
        return loop.length().steps();
    }

    /**
     * Epochs of the whole run, the last of which may be shorter.
     *
     * @return at least 1
     */
    public int totalEpochs() {
        return loop.length().epochs();
    }

    /**
     * Epochs completed.
     *
     * @return 0 to {@link #totalEpochs}
     */
    public int epochs() {
        return loop.length().epochsOf(steps());
    }

    /**
     * Whether all steps were taken.
     *
     * @return true at the end
     */
    public boolean isComplete() {
        return steps() >= loop.length().steps();
    }

    /** For tests: the trainer itself. */
    Trainer trainer() {
        return loop.trainer();
    }

    /** Frees the memory and ends the threads. */
    @Override
    public void close() {
        resources.close();
    }
}
