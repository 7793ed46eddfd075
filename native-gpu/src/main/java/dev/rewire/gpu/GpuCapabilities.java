package dev.rewire.gpu;

import dev.rewire.gpu.internal.probe.Installation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What this machine offers for 2:4 products on a GPU, or for each step the reason why not. Asking never throws, starts no context on a device
 * and downloads nothing; only cuSPARSELt's own start on a device remains to be tried.
 *
 * @param status {@code "available"} or {@code "unavailable"}
 * @param reasons why it is unavailable, a line for each step that failed, from the driver to cuSPARSELt; empty where it is available
 * @param driver the CUDA version that the driver speaks and the driver's own, such as {@code "CUDA 13.0, driver 580.65.06"}; null where there is none
 * @param devices all that the driver shows
 * @param cusparselt the library of 2:4 products
 * @param cublaslt the library of dense products to compare with; nothing else needs it
 */
public record GpuCapabilities(
        String status,
        List<String> reasons,
        @Nullable String driver,
        List<GpuDevice> devices,
        GpuLibrary cusparselt,
        GpuLibrary cublaslt) {
    /** The status of what can be used. */
    public static final String AVAILABLE = "available";

    /** The status of what cannot be used. */
    public static final String UNAVAILABLE = "unavailable";

    /**
     * A report.
     *
     * @param status {@code "available"} or {@code "unavailable"}
     * @param reasons why it is unavailable
     * @param driver the driver's versions, or null
     * @param devices all that the driver shows
     * @param cusparselt the library of 2:4 products
     * @param cublaslt the library of dense products
     */
    public GpuCapabilities {
        reasons = List.copyOf(reasons);
        devices = List.copyOf(devices);
    }

    /**
     * This machine's, found out when first asked for and kept.
     *
     * @return the report
     */
    public static GpuCapabilities current() {
        return Installation.current().capabilities();
    }

    /**
     * Whether 2:4 products can run on a GPU here.
     *
     * @return true if the status is {@code "available"}
     */
    public boolean available() {
        return status.equals(AVAILABLE);
    }

    /**
     * The report as JSON has it.
     *
     * @return the keys of {@code gpu} in {@code rewire probe --json}, in order; values may be null
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("status", status);
        map.put("reasons", reasons);
        map.put("driver", driver);
        map.put("devices", devices.stream().map(GpuDevice::toMap).toList());
        map.put("cusparselt", cusparselt.toMap());
        map.put("cublaslt", cublaslt.toMap());
        return map;
    }

    /**
     * The report as text.
     *
     * @return some lines without a newline at the end
     */
    public String text() {
        StringJoiner lines = new StringJoiner("\n");
        lines.add("GPU         " + status);
        reasons.forEach(reason -> lines.add("            " + reason));
        if (driver != null) {
            lines.add("driver      " + driver);
        }
        for (GpuDevice device : devices) {
            lines.add("device %-5d%s, compute capability %s, %.1f GiB, %d multiprocessors, L2 %.1f MiB"
                    .formatted(
                            device.ordinal(),
                            device.name(),
                            device.computeCapability(),
                            device.memoryBytes() / (double) (1L << 30),
                            device.multiprocessors(),
                            device.l2Bytes() / (double) (1 << 20)));
        }
        if (cusparselt.reason() == null) {
            lines.add("cuSPARSELt  " + cusparselt.text());
        }
        if (!devices.isEmpty()) {
            lines.add("cuBLASLt    " + cublaslt.text());
        }
        return lines.toString();
    }
}
