package dev.rewire.bench.gpu;

import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.training.backend.NmBackend;
import java.util.Optional;

/** cuSPARSELt for training's 2:4 layers. */
public final class CusparseltBackend implements NmBackend {
    /** For {@link java.util.ServiceLoader}; loads nothing yet. */
    public CusparseltBackend() {}

    @Override
    public String name() {
        return "cusparselt";
    }

    @Override
    public Optional<String> unavailable() {
        return GpuDescription.unavailable(GpuCapabilities.current());
    }

    @Override
    public Session open() {
        return new CusparseltSession();
    }
}
