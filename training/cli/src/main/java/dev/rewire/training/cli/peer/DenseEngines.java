package dev.rewire.training.cli.peer;

import dev.rewire.training.DivergedException;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.internal.Printable;
import dev.rewire.training.setting.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Those who can compute the products of a dense network here: Rewire's own kernels and the libraries that are installed. */
final class DenseEngines {
    private final Map<String, DenseBackend> libraries = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();

    private DenseEngines() {}

    /** Looks for libraries. */
    static DenseEngines find() {
        DenseEngines engines = new DenseEngines();
        try {
            for (DenseBackend library : ServiceLoader.load(DenseBackend.class)) {
                Optional<String> reason = library.unavailable();
                if (reason.isPresent()) {
                    engines.absent.put(library.name(), reason.get());
                } else {
                    engines.libraries.put(library.name(), library);
                }
            }
        } catch (ServiceConfigurationError e) {
            engines.absent.put("a library", Printable.oneLine(String.valueOf(e.getMessage())));
        }
        if (engines.libraries.isEmpty() && engines.absent.isEmpty()) {
            engines.absent.put("openblas", "no module here provides it");
        }
        return engines;
    }

    /**
     * Times steps on each, once all are warm. The sparse network warms up beside them, so that neither starts cold into the comparison.
     *
     * @param sparse settings of the network that is compared
     * @param data what is learned
     * @param interrupted whether to stop
     * @return the fastest
     * @throws StoppedException if it was interrupted
     */
    DenseEngine fastest(TrainingConfig sparse, DataSplit data, BooleanSupplier interrupted) {
        List<DenseTrial> candidates = new ArrayList<>();
        List<DenseTrial> all = new ArrayList<>();
        try {
            TrainingConfig dense = forTrial(sparse.asDense(), data);
            candidates.add(new DenseTrial(DenseTrial.OWN, TrainingRun.create(dense, data)));
            all.add(candidates.get(0));
            for (DenseBackend library : libraries.values()) {
                candidates.add(new DenseTrial(library.name(), TrainingRun.create(dense, data, library)));
                all.add(candidates.get(candidates.size() - 1));
            }
            addSparse(all, sparse, data);
            DenseTrial.warmUp(all, interrupted);
            DenseTrial.time(candidates, interrupted);
            Map<String, Double> stepMs = new LinkedHashMap<>();
            DenseTrial fastest = candidates.get(0);
            for (DenseTrial each : candidates) {
                stepMs.put(each.name(), each.medianMillis());
                fastest = each.medianMillis() < fastest.medianMillis() ? each : fastest;
            }
            return new DenseEngine(
                    fastest.name(), candidates.size() > 1 ? "the fastest" : "the only one", stepMs, absent);
        } catch (DivergedException e) {
            return new DenseEngine(DenseTrial.OWN, "untimed, as it " + e.getMessage(), Map.of(), absent);
        } finally {
            all.forEach(DenseTrial::close);
        }
    }

    /**
     * Lets both networks of a comparison that is resumed become warm.
     *
     * @throws StoppedException if it was interrupted
     */
    void warmUp(DenseEngine engine, TrainingConfig sparse, DataSplit data, BooleanSupplier interrupted) {
        List<DenseTrial> all = new ArrayList<>();
        try {
            all.add(new DenseTrial(engine.engine(), start(engine, forTrial(sparse.asDense(), data), data)));
            addSparse(all, sparse, data);
            DenseTrial.warmUp(all, interrupted);
        } catch (DivergedException e) {
            // So will the run, which is who says so.
        } finally {
            all.forEach(DenseTrial::close);
        }
    }

    /** Not on a device, which may have no room for two. */
    private static void addSparse(List<DenseTrial> trials, TrainingConfig sparse, DataSplit data) {
        if (sparse.device() == Device.CPU) {
            trials.add(new DenseTrial("sparse", TrainingRun.create(forTrial(sparse, data), data)));
        }
    }

    /** With steps enough. */
    private static TrainingConfig forTrial(TrainingConfig config, DataSplit data) {
        int stepsOfEpoch = Math.max(1, data.train().epochSize() / config.batch());
        int enough = Math.ceilDiv(DenseTrial.STEPS, stepsOfEpoch);
        return config.toBuilder()
                .epochs(Math.max(config.epochs(), enough))
                .steps(0)
                .evalEvery(0)
                .profile(false)
                .build();
    }

    /** The engine of a saved run of the dense network. */
    DenseEngine saved(Path checkpoint) throws IOException {
        return new DenseEngine(TrainingRun.engineOf(checkpoint), "as before the run was resumed", Map.of(), absent);
    }

    /** Starts a run of the dense network. */
    TrainingRun start(DenseEngine engine, TrainingConfig config, DataSplit data) {
        DenseBackend library = libraries.get(engine.engine());
        return library == null ? TrainingRun.create(config, data) : TrainingRun.create(config, data, library);
    }

    /** Goes on with a saved run of the dense network. */
    TrainingRun resume(DenseEngine engine, Path checkpoint, DataSplit data, int threads) throws IOException {
        @Nullable DenseBackend library = libraries.get(engine.engine());
        return TrainingRun.resume(checkpoint, data, threads, library);
    }
}
