package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.Samples;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loss.Loss;
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
    private final Engine engine;
    private final KernelArena arena;
    private final Workers workers;
    private final Trainer trainer;
    private final Batches batches;
    private final StepTimes times;
    private final @Nullable Profile profile;
    private final Tally tally = new Tally();
    private final int stepsOfPass;
    private final int stepsOfEpoch;
    private final long totalSteps;
    private final Samples training;

    /** As they look in this pass. */
    private Samples samples;

    private int[] order = new int[0];
    private long passOfOrder = -1;
    private String dataHash = "";
    private @Nullable DivergedException divergence;

    private TrainingRun(
            TrainingConfig config,
            DataSplit data,
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
        training = data.train().augmented(config.augmentation(), config.seed());
        samples = training;
        stepsOfPass = Math.max(1, samples.epochSize() / config.batch());
        boolean bySteps = config.steps() > 0;
        stepsOfEpoch = config.evalEvery() > 0
                ? config.evalEvery()
                : bySteps ? (int) Math.min(stepsOfPass, config.steps()) : stepsOfPass;
        totalSteps = bySteps ? config.steps() : (long) config.epochs() * stepsOfEpoch;
        profile = config.profile() ? new Profile() : null;
        Shape input = config.model().input(Batches.shape(data.shape()));
        Binding.Setting setting = new Binding.Setting(
                arena,
                workers,
                engine,
                config.batch(),
                config.optimizer().slots(),
                outline.halo(),
                config.seed(),
                fresh,
                patterns,
                profile);
        Network network = new Network(config.model().layers(input, Batches.outputs(data.target())), input, setting);
        batches = new Batches(data.shape(), data.target(), network);
        trainer = new Trainer(network, batches.loss(), outline, config, totalSteps, stepsOfEpoch, profile);
        times = new StepTimes(totalSteps);
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
        Outline outline = requireFit(config, data);
        List<ParameterPattern> patterns = new Patterns(config, outline.weights()).first(backend != null);
        return build(config, data, backend, outline, patterns, true);
    }

    private static Outline requireFit(TrainingConfig config, DataSplit data) {
        Outline outline = config.outline(Batches.shape(data.shape()), Batches.outputs(data.target()));
        config.requireBatch(data.train().size());
        requireAugmentable(config, data);
        return outline;
    }

    private static void requireAugmentable(TrainingConfig config, DataSplit data) {
        try {
            data.train().augmented(config.augmentation(), config.seed());
        } catch (UnsupportedOperationException e) {
            throw new InvalidConfigException(
                    "--augment",
                    config.augmentation(),
                    "cannot be had of samples of " + Batches.shape(data.shape()) + ", which are no images of bytes",
                    "none with such data");
        }
    }

    private static TrainingRun build(
            TrainingConfig config,
            DataSplit data,
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
            return resume(file, saved, config, data, backend);
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
            return resume(file, saved, config, data, null);
        }
    }

    private static TrainingRun resume(
            Path file, SavedRun saved, TrainingConfig config, DataSplit data, @Nullable DenseBackend backend)
            throws IOException {
        String hash = data.train().sha256();
        Outline outline = requireFit(file, config, data); // before patterns are made of what the file claims
        saved.requireSame(engineName(config, backend), hash);
        List<ParameterPattern> patterns = saved.patterns(
                new Patterns(config, outline.weights()).forms(),
                config.optimizer().slots());
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

    private static Outline requireFit(Path file, TrainingConfig config, DataSplit data) throws CheckpointException {
        try {
            return requireFit(config, data);
        } catch (InvalidConfigException e) {
            throw new CheckpointException(file, "its settings do not fit the samples: " + e.getMessage(), e);
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
     * @return mean loss of its batch, before the update
     * @throws IllegalStateException if the run is complete
     * @throws DivergedException if the loss is no finite number, now or at an earlier step
     */
    public double step() {
        requireConverging();
        if (isComplete()) {
            throw new IllegalStateException("the run is complete: " + steps() + " steps were taken");
        }
        long start = System.nanoTime();
        int from = orderBatch();
        batches.load(samples, order, from, config.batch());
        if (profile != null) {
            profile.add(Profile.LOADING, System.nanoTime() - start);
        }
        long rewirings = trainer.progress().rewirings;
        boolean rewired = takeStep();
        long nanos = System.nanoTime() - start;
        times.add(nanos, rewired);
        if (profile != null) {
            profile.endStep(nanos);
        }
        tally.addStep(trainer.loss(), nanos, trainer.progress().rewirings - rewirings);
        return trainer.loss().lossSum() / trainer.loss().predictions();
    }

    /** Puts the samples of the step in order, and says from where on they are its batch. */
    private int orderBatch() {
        Samples train = training;
        if (train.epochSize() < train.size()) {
            CounterRandom random = new CounterRandom(config.seed(), 0, steps(), Purpose.SHUFFLE);
            order = order.length == config.batch() ? order : new int[config.batch()];
            for (int i = 0; i < order.length; i++) {
                order[i] = random.nextInt(train.size());
            }
            return 0;
        }
        long pass = steps() / stepsOfPass;
        if (pass != passOfOrder) {
            order = new CounterRandom(config.seed(), 0, pass, Purpose.SHUFFLE).permutation(train.size());
            samples = train.inEpoch(pass);
            passOfOrder = pass;
        }
        return (int) (steps() % stepsOfPass) * config.batch();
    }

    private boolean takeStep() {
        try {
            return trainer.step();
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
        } while (steps() % stepsOfEpoch != 0 && !isComplete());
        Finite.requireState(trainer.network(), steps());
        return tally.endEpoch(epochs(), evaluate(data.test()));
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
        requireEqual("samples.target", of.target(), data.target());
        Loss loss = trainer.loss();
        double[] lossSum = new double[1];
        long[] counts = new long[2];
        forEachBatch(of, (numbers, from, count) -> {
            batches.load(of, numbers, from, count);
            trainer.network().forward(steps(), false);
            loss.measure(count);
            Finite.requireLoss(loss.lossSum(), trainer.network(), steps());
            lossSum[0] += loss.lossSum();
            counts[0] += loss.predictions();
            counts[1] += loss.correct();
        });
        double accuracy = loss.classifies() ? (double) counts[1] / counts[0] : Double.NaN;
        return new Evaluation(lossSum[0] / counts[0], accuracy, counts[0]);
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
        Network network = trainer.network();
        Shape shape = network.result().shape();
        int ofSample = shape instanceof Shape.Tokens tokens ? tokens.length() : 1;
        float[][] outputs = new float[Math.multiplyExact(of.size(), ofSample)]
                [network.output().cols()];
        forEachBatch(of, (numbers, from, count) -> {
            batches.loadInput(of, numbers, from, count);
            network.forward(steps(), false);
            for (int p = 0; p < count * ofSample; p++) {
                int row = p / ofSample * shape.rows() + p % ofSample;
                float[] output = outputs[from * ofSample + p];
                for (int f = 0; f < output.length; f++) {
                    output[f] = network.output().get(row, f);
                    Finite.requireLoss(output[f], network, steps());
                }
            }
        });
        return new Predictions(outputs);
    }

    @FunctionalInterface
    private interface BatchTask {
        void run(int[] numbers, int from, int count);
    }

    private void forEachBatch(Samples of, BatchTask task) {
        requireEqual("samples.shape", of.shape(), data.shape());
        int[] numbers = new int[of.size()];
        Arrays.setAll(numbers, i -> i);
        for (int from = 0; from < numbers.length; from += config.batch()) {
            task.run(numbers, from, Math.min(config.batch(), numbers.length - from));
        }
    }

    private static void requireEqual(String argument, Object value, Object accepted) {
        if (!value.equals(accepted)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + "; accepted is that of the training samples, " + accepted);
        }
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
     * @return a row for each pass of each layer, then for the parts around them; none unless {@link TrainingConfig#profile} is set
     */
    public List<ProfileRow> profile() {
        List<String> names =
                trainer.network().leaves().stream().map(Binding.Leaf::name).toList();
        return profile == null ? List.of() : profile.rows(names);
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
     * Steps from one test to the next: a pass over the training samples, which is their number / batch, rounded down, unless the settings say how many.
     *
     * @return at least 1
     */
    public int stepsOfEpoch() {
        return stepsOfEpoch;
    }

    /**
     * Steps of the whole run.
     *
     * @return epochs · stepsOfEpoch, or as many as the settings say
     */
    public long totalSteps() {
        return totalSteps;
    }

    /**
     * Epochs of the whole run, the last of which may be shorter.
     *
     * @return at least 1
     */
    public int totalEpochs() {
        return Math.toIntExact(Math.ceilDiv(totalSteps, stepsOfEpoch));
    }

    /**
     * Epochs completed.
     *
     * @return 0 to {@link #totalEpochs}
     */
    public int epochs() {
        return isComplete() ? totalEpochs() : (int) (steps() / stepsOfEpoch);
    }

    /**
     * Whether all steps were taken.
     *
     * @return true at the end
     */
    public boolean isComplete() {
        return steps() >= totalSteps;
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
