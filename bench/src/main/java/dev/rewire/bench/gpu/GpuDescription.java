package dev.rewire.bench.gpu;

import dev.rewire.bench.Environment;
import dev.rewire.bench.NvidiaSmi;
import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuDevice;
import dev.rewire.gpu.GpuLibrary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is told of the device that computes: the first that has sparse tensor cores. */
final class GpuDescription {
    private GpuDescription() {}

    /** Why none can compute, in one line. */
    static Optional<String> unavailable(GpuCapabilities capabilities) {
        return capabilities.available() ? Optional.empty() : Optional.of(String.join("; ", capabilities.reasons()));
    }

    /** The device; there is one if the capabilities are available. */
    static GpuDevice device(GpuCapabilities capabilities) {
        return capabilities.devices().stream()
                .filter(GpuDevice::hasSparseTensorCores)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no device with sparse tensor cores: " + capabilities));
    }

    /** Device, driver and library. */
    static Map<String, String> of(GpuCapabilities capabilities) {
        GpuDevice device = device(capabilities);
        Map<String, String> known = new LinkedHashMap<>();
        known.put("device", device.name());
        known.put("compute_capability", device.computeCapability());
        known.put("driver", String.valueOf(capabilities.driver()));
        known.put("cusparselt", version(capabilities.cusparselt()));
        return known;
    }

    /** The same with what {@code nvidia-smi} says now. */
    static Map<String, String> withClocks(GpuCapabilities capabilities) {
        Map<String, String> known = of(capabilities);
        known.putAll(NvidiaSmi.ask());
        return known;
    }

    /** A library as a measurement's environment has it. */
    static Environment.Library library(GpuCapabilities capabilities, GpuLibrary library) {
        return new Environment.Library(
                version(library),
                String.valueOf(capabilities.driver()),
                device(capabilities).name(),
                String.valueOf(library.path()));
    }

    private static String version(GpuLibrary library) {
        return String.valueOf(library.version());
    }
}
