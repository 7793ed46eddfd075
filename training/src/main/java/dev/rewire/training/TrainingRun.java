package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.LabelledImages;
import dev.rewire.training.data.PixelScale;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network being trained on images: create or resume it, train it epoch by epoch, save it at any step. It owns off-heap memory and
 * threads, so close it. For one thread at a time.
 *
 * <p>Pixels are scaled to mean 0 and variance 1 over the training images. Each epoch shuffles the images anew. The seed decides every
 * random choice: on Rewire's own kernels a run with the same settings has the same bits for any number of threads, and whether or not it was
 * interrupted, on machines with vectors of the same width.
 */
public final class TrainingRun implements AutoCloseable {
    private final TrainingConfig config;
    private final ImageData data;
    private final Engine engine;
    private final KernelArena arena;
    private final Workers workers;
    private final Trainer trainer;
    private final Batches batches;
    private final StepTimes times;
    private final Tally tally = new Tally();
    private final int stepsOfEpoch;
    private final int[] testOrder;
    private int[] order = new int[0];
    private long epochOfOrder = -1;
    private String dataHash = "";
    private @Nullable DivergedException divergence;

    private TrainingRun(
            TrainingConfig config,
            ImageData data,
            Engine engine,
            Outline outline,
            List<ParameterPattern> patterns,
            boolean fresh,
            KernelArena arena,
            Workers workers) {
        this.config = config;
        this.data = data;
        this.engine = engine;
        this.arena = arena;
        this.workers = workers;
        if (engine instanceof Engine.Dense dense) {
            dense.backend().setThreads(config.threads());
        }
        stepsOfEpoch = data.train().size() / config.batch();
        long steps = (long) config.epochs() * stepsOfEpoch;
        Shape input = config.model().input(shape(data));
        Binding.Setting setting = new Binding.Setting(
                arena,
                workers,
                engine,
                config.batch(),
                config.optimizer().slots(),
                outline.halo(),
                config.seed(),
                fresh,
                patterns);
        Network network = new Network(config.model().layers(input, data.classes()), input, setting);
        trainer = new Trainer(arena, network, outline.weights(), config, steps, stepsOfEpoch, workers);
        batches = new Batches(PixelScale.standardising(data.train()), network.input());
        times = new StepTimes(steps);
        testOrder = new int[data.test().size()];
        Arrays.setAll(testOrder, i -> i);
    }

    /**
     * Starts a run.
     *
     * @param config its settings
     * @param data what it learns from and is tested with
     * @return the run, before its first step
     * @throws InvalidConfigException if the settings do not fit the data, or ask for a device that cannot be had
     */
    public static TrainingRun create(TrainingConfig config, ImageData data) {
        return start(config, data, null);
    }

    /**
     * Starts a run of a dense network whose products a library computes.
     *
     * @param config its settings, of method {@link Method#DENSE}
     * @param data what it learns from and is tested with
     * @param backend the library, which has to be available
     * @return the run, before its first step
     * @throws InvalidConfigException if the settings do not fit the data or the library
     */
    public static TrainingRun create(TrainingConfig config, ImageData data, DenseBackend backend) {
        return start(config, data, backend);
    }

    private static TrainingRun start(TrainingConfig config, ImageData data, @Nullable DenseBackend backend) {
        Outline outline = requireFit(config, data);
        List<ParameterPattern> patterns = new Patterns(config, outline.weights()).first(backend != null);
        return build(config, data, backend, outline, patterns, true);
    }

    private static Shape shape(ImageData data) {
        return new Shape.Image(data.train().height(), data.train().width(), 1);
    }

    private static Outline requireFit(TrainingConfig config, ImageData data) {
        Outline outline = config.outline(shape(data), data.classes());
        config.requireBatch(data.train().size());
        return outline;
    }

    private static TrainingRun build(
            TrainingConfig config,
            ImageData data,
            @Nullable DenseBackend backend,
            Outline outline,
            List<ParameterPattern> patterns,
            boolean fresh) {
        if (backend != null && config.method() != Method.DENSE) {
            throw new InvalidConfigException("--method", config.method(), "DENSE, on " + backend.name());
        }
        Engine engine = engine(config, backend);
        KernelArena arena = KernelArena.open();
        Workers workers = Workers.of(config.threads());
        try {
            return new TrainingRun(config, data, engine, outline, patterns, fresh, arena, workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            engine.close();
            arena.close();
            throw e;
        }
    }

    private static String engineName(TrainingConfig config, @Nullable DenseBackend backend) {
        if (config.device() == Device.GPU) {
            return NmBackend.find().name();
        }
        return backend == null ? new Engine.Kernels().name() : backend.name();
    }

    private static Engine engine(TrainingConfig config, @Nullable DenseBackend backend) {
        if (config.device() == Device.GPU) {
            NmBackend device = NmBackend.find();
            return new Engine.OnDevice(device.name(), device.open());
        }
        return backend == null ? new Engine.Kernels() : new Engine.Dense(backend);
    }

    /**
     * Goes on with a saved run, on Rewire's own kernels or the device of its settings.
     *
     * @param file a checkpoint
     * @param data the images that the run was started with
     * @param threads who computes from now on
     * @return the run, where it was saved
     * @throws CheckpointException if the file is no whole checkpoint, or of a run on other images or another engine
     * @throws InvalidConfigException if it was on a device that cannot be had here
     * @throws IOException if reading fails
     */
    public static TrainingRun resume(Path file, ImageData data, int threads) throws IOException {
        return resume(file, data, threads, null);
    }

    /**
     * Goes on with a saved run.
     *
     * @param file a checkpoint
     * @param data the images that the run was started with
     * @param threads who computes from now on
     * @param backend the library that the run was started with, or null for Rewire's own kernels
     * @return the run, where it was saved
     * @throws CheckpointException if the file is no whole checkpoint, or of a run on other images or another engine
     * @throws InvalidConfigException if it was on a device that cannot be had here
     * @throws IOException if reading fails
     */
    public static TrainingRun resume(Path file, ImageData data, int threads, @Nullable DenseBackend backend)
            throws IOException {
        try (SavedRun saved = SavedRun.open(file)) {
            String hash = Hashes.data(data);
            TrainingConfig config = saved.config().toBuilder().threads(threads).build();
            Outline outline = requireFit(file, config, data); // before patterns are made of what the file claims
            saved.requireSame(engineName(config, backend), hash);
            List<ParameterPattern> patterns = saved.patterns(new Patterns(config, outline.weights()).forms());
            TrainingRun run = build(config, data, backend, outline, patterns, false);
            boolean restored = false;
            try {
                saved.restore(run.trainer, run.tally);
                if (run.steps() < 0 || run.steps() > run.totalSteps()) {
                    throw new CheckpointException(
                            file, "steps: " + run.steps() + " is out of range; accepted are 0 to " + run.totalSteps());
                }
                run.dataHash = hash;
                restored = true;
                return run;
            } finally {
                if (!restored) {
                    run.close();
                }
            }
        }
    }

    private static Outline requireFit(Path file, TrainingConfig config, ImageData data) throws CheckpointException {
        try {
            return requireFit(config, data);
        } catch (InvalidConfigException e) {
            throw new CheckpointException(file, "its settings do not fit the images: " + e.getMessage(), e);
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
        requireConverging();
        Finite.requireState(trainer.network(), steps());
        SavedRun.save(file, config, engine.name(), dataHash(), trainer, tally);
    }

    private void requireConverging() {
        if (divergence != null) {
            throw divergence;
        }
    }

    /**
     * Takes one step.
     *
     * @return mean cross-entropy of its batch, before the update
     * @throws IllegalStateException if the run is complete
     * @throws DivergedException if the loss is no finite number, now or at an earlier step
     */
    public double step() {
        requireConverging();
        if (isComplete()) {
            throw new IllegalStateException("the run is complete: " + steps() + " steps were taken");
        }
        long start = System.nanoTime();
        long epoch = steps() / stepsOfEpoch;
        if (epoch != epochOfOrder) {
            order = new CounterRandom(config.seed(), 0, epoch, Purpose.SHUFFLE)
                    .permutation(data.train().size());
            epochOfOrder = epoch;
        }
        int from = (int) (steps() % stepsOfEpoch) * config.batch();
        batches.load(data.train(), order, from, config.batch());
        long rewirings = trainer.progress().rewirings;
        boolean rewired = takeStep();
        long nanos = System.nanoTime() - start;
        times.add(nanos, rewired);
        tally.addStep(trainer.loss(), nanos, trainer.progress().rewirings - rewirings);
        return trainer.loss().lossSum() / config.batch();
    }

    private boolean takeStep() {
        try {
            return trainer.step(batches.labels());
        } catch (DivergedException e) {
            divergence = e;
            throw e;
        }
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
        } while (steps() % stepsOfEpoch != 0);
        Finite.requireState(trainer.network(), steps());
        return tally.endEpoch(epochs(), (long) stepsOfEpoch * config.batch(), test());
    }

    /**
     * Classifies the test images.
     *
     * @return the share that is classified right
     * @throws DivergedException if the loss is no finite number
     */
    public double test() {
        LabelledImages images = data.test();
        long correct = 0;
        for (int from = 0; from < images.size(); from += config.batch()) {
            int count = Math.min(config.batch(), images.size() - from);
            batches.load(images, testOrder, from, count);
            trainer.network().forward(steps(), false);
            trainer.loss().measure(batches.labels(), count);
            Finite.requireLoss(trainer.loss().lossSum(), trainer.network(), steps());
            correct += trainer.loss().correct();
        }
        return (double) correct / images.size();
    }

    /**
     * Where the run stands.
     *
     * @return counters, times and hashes
     */
    public RunSummary summary() {
        return RunSummary.of(epochs(), config.batch(), trainer, tally, times, engine.name());
    }

    /**
     * What each epoch came to, those before the run was resumed included.
     *
     * @return a result for each epoch that {@link #trainEpoch} ended, from the first to the last
     */
    public List<EpochResult> results() {
        return tally.results();
    }

    /**
     * Which images the run learns from: it can be resumed on these alone.
     *
     * @return SHA-256 of their number, sizes, labels and pixels, in hexadecimal
     */
    public String dataHash() {
        if (dataHash.isEmpty()) {
            dataHash = Hashes.data(data);
        }
        return dataHash;
    }

    /**
     * How each layer computes its products with the weights.
     *
     * @return a line for each layer, from the first to the last
     */
    public List<String> plans() {
        return trainer.network().leaves().stream()
                .map(leaf -> leaf.layer().plan())
                .toList();
    }

    /**
     * The parameters of the network.
     *
     * @return all of them, in the order of the forward pass
     */
    public List<NamedParameter> parameters() {
        return trainer.network().parameters();
    }

    /**
     * What results and times depend on where a device computes.
     *
     * @return by name, as {@code device} and {@code driver}; empty on the CPU
     */
    public Map<String, String> deviceEnvironment() {
        return engine.environment();
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
        return trainer.progress().steps;
    }

    /**
     * Steps of an epoch: training images / batch, rounded down.
     *
     * @return at least 1
     */
    public int stepsOfEpoch() {
        return stepsOfEpoch;
    }

    /**
     * Steps of the whole run.
     *
     * @return epochs · stepsOfEpoch
     */
    public long totalSteps() {
        return (long) config.epochs() * stepsOfEpoch;
    }

    /**
     * Epochs completed.
     *
     * @return 0 to {@code config().epochs()}
     */
    public int epochs() {
        return (int) (steps() / stepsOfEpoch);
    }

    /**
     * Whether all steps were taken.
     *
     * @return true at the end
     */
    public boolean isComplete() {
        return steps() >= totalSteps();
    }

    /** For tests: the trainer itself. */
    Trainer trainer() {
        return trainer;
    }

    /** Frees the memory and ends the threads. */
    @Override
    public void close() {
        workers.close();
        engine.close();
        arena.close();
    }
}
