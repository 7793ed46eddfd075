package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.LayerTimes;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loop.Batches;
import dev.rewire.training.loop.Profile;
import dev.rewire.training.loop.RunLength;
import dev.rewire.training.loop.SampleOrder;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a run starts or goes on: settings that fit the data, first or saved patterns, and who computes where. */
final class RunStart {
    private RunStart() {}

    /**
     * Who computes a run, and where.
     *
     * @param engine who computes products
     * @param arena its memory
     * @param workers its threads
     */
    record Resources(Engine engine, KernelArena arena, Workers workers) implements AutoCloseable {
        private static Resources open(TrainingConfig config, @Nullable DenseBackend backend) {
            Engine engine = engineOf(config, backend);
            if (engine instanceof Engine.Dense dense) {
                dense.backend().setThreads(config.threads());
            }
            return new Resources(engine, KernelArena.open(), Workers.of(config.threads()));
        }

        /** What layers are bound to. */
        Binding.Setting setting(
                TrainingConfig config,
                Outline outline,
                List<ParameterPattern> patterns,
                boolean fresh,
                @Nullable LayerTimes times) {
            return new Binding.Setting(
                    arena,
                    workers,
                    engine,
                    config.batch(),
                    config.optimizer().slots(),
                    outline.halo(),
                    config.seed(),
                    fresh,
                    patterns,
                    times);
        }

        @Override
        public void close() {
            workers.close();
            engine.close();
            arena.close();
        }
    }

    /** A new run; with a library it has to be one of a dense network. */
    static TrainingRun create(TrainingConfig config, DataSplit data, @Nullable DenseBackend backend) {
        Outline outline = requireFit(config, data);
        List<ParameterPattern> patterns = new Patterns(config, outline.weights()).first(backend != null);
        return build(config, data, backend, outline, patterns, true);
    }

    /** A run where it was saved. */
    static TrainingRun resume(
            Path file, SavedRun saved, TrainingConfig config, DataSplit data, @Nullable DenseBackend backend)
            throws IOException {
        String hash = data.train().sha256();
        Outline outline = requireFit(file, config, data); // before patterns are made of what the file claims
        saved.requireSame(engineName(config, backend), hash);
        Patterns made = new Patterns(config, outline.weights());
        List<ParameterPattern> patterns =
                saved.patterns(made.forms(), config.optimizer().slots());
        // What a plan decides for a number of weights it decides once: where that number changes, plans are made for
        // the first one again.
        List<ParameterPattern> first = made.numbersChange() ? made.first(backend != null) : patterns;
        TrainingRun run = build(config, data, backend, outline, first, false);
        boolean restored = false;
        try {
            saved.move(run.trainer().network(), patterns);
            run.restore(saved, hash);
            restored = true;
            return run;
        } finally {
            if (!restored) {
                run.close();
            }
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
        Resources resources = Resources.open(config, backend);
        try {
            return assemble(config, data, outline, patterns, fresh, resources);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private static TrainingRun assemble(
            TrainingConfig config,
            DataSplit data,
            Outline outline,
            List<ParameterPattern> patterns,
            boolean fresh,
            Resources resources) {
        SampleOrder order = new SampleOrder(data.train(), config.augmentation(), config.batch(), config.seed());
        RunLength length = RunLength.of(config.steps(), config.epochs(), config.evalEvery(), order.stepsOfPass());
        Profile profile = config.profile() ? new Profile() : null;
        Binding.Setting setting = resources.setting(config, outline, patterns, fresh, profile);
        Shape input = config.model().input(Batches.shape(data.shape()));
        Network network = new Network(config.model().layers(input, Batches.outputs(data.target())), input, setting);
        Batches batches =
                new Batches(data.shape(), data.target(), network.inputActivations(), network.result(), setting);
        Trainer trainer =
                new Trainer(network, batches.loss(), outline, config, length.steps(), length.stepsOfEpoch(), profile);
        RunLoop loop = new RunLoop(order, batches, trainer, length, profile);
        Evaluator evaluator = new Evaluator(network, batches, data.shape(), data.target(), config.batch());
        return new TrainingRun(config, data, resources, loop, evaluator);
    }

    private static String engineName(TrainingConfig config, @Nullable DenseBackend backend) {
        if (config.device() == Device.GPU) {
            return NmBackend.find().name();
        }
        return backend == null ? new Engine.Kernels().name() : backend.name();
    }

    private static Engine engineOf(TrainingConfig config, @Nullable DenseBackend backend) {
        if (config.device() == Device.GPU) {
            NmBackend device = NmBackend.find();
            return new Engine.OnDevice(device.name(), device.open());
        }
        return backend == null ? new Engine.Kernels() : new Engine.Dense(backend);
    }

    private static Outline requireFit(Path file, TrainingConfig config, DataSplit data) throws CheckpointException {
        try {
            return requireFit(config, data);
        } catch (InvalidConfigException e) {
            throw new CheckpointException(file, "its settings do not fit the samples: " + e.getMessage(), e);
        }
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
}
