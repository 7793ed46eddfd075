package dev.rewire.training.cli;

import dev.rewire.training.DenseBackend;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
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
            engines.absent.put("a library", Failure.oneLine(String.valueOf(e.getMessage())));
        }
        if (engines.libraries.isEmpty() && engines.absent.isEmpty()) {
            engines.absent.put("openblas", "no module here provides it");
        }
        return engines;
    }

    /**
     * Times a few steps on each.
     *
     * @param config settings of the dense network
     * @param data images
     * @return the fastest
     */
    DenseEngine fastest(TrainingConfig config, ImageData data) {
        int stepsOfEpoch = Math.max(1, data.train().size() / config.batch());
        int enough = Math.ceilDiv(DenseTrial.STEPS, stepsOfEpoch);
        TrainingConfig trial =
                config.toBuilder().epochs(Math.max(config.epochs(), enough)).build();
        List<DenseTrial> trials = new ArrayList<>();
        try {
            trials.add(new DenseTrial(DenseTrial.OWN, TrainingRun.create(trial, data)));
            for (DenseBackend library : libraries.values()) {
                trials.add(new DenseTrial(library.name(), TrainingRun.create(trial, data, library)));
            }
            DenseTrial.take(trials);
            Map<String, Double> stepMs = new LinkedHashMap<>();
            DenseTrial fastest = trials.get(0);
            for (DenseTrial each : trials) {
                stepMs.put(each.name(), each.medianMillis());
                fastest = each.medianMillis() < fastest.medianMillis() ? each : fastest;
            }
            return new DenseEngine(fastest.name(), trials.size() > 1 ? "the fastest" : "the only one", stepMs, absent);
        } finally {
            trials.forEach(DenseTrial::close);
        }
    }

    /** The engine of a saved run of the dense network. */
    DenseEngine saved(Path checkpoint) throws IOException {
        return new DenseEngine(TrainingRun.engineOf(checkpoint), "as before the run was resumed", Map.of(), absent);
    }

    /** Starts a run of the dense network. */
    TrainingRun start(DenseEngine engine, TrainingConfig config, ImageData data) {
        DenseBackend library = libraries.get(engine.engine());
        return library == null ? TrainingRun.create(config, data) : TrainingRun.create(config, data, library);
    }

    /** Goes on with a saved run of the dense network. */
    TrainingRun resume(DenseEngine engine, Path checkpoint, ImageData data, int threads) throws IOException {
        @Nullable DenseBackend library = libraries.get(engine.engine());
        return TrainingRun.resume(checkpoint, data, threads, library);
    }
}
