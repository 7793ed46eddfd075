package dev.rewire.gpu;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A GPU as the driver describes it.
 *
 * @param ordinal its number for the driver, from 0
 * @param name its name, such as NVIDIA H100 80GB HBM3
 * @param major the first number of its compute capability
 * @param minor the second
 * @param memoryBytes of device memory in all
 * @param multiprocessors it has
 * @param l2Bytes of its second-level cache
 */
public record GpuDevice(
        int ordinal, String name, int major, int minor, long memoryBytes, int multiprocessors, long l2Bytes) {
    /**
     * The compute capability.
     *
     * @return such as 9.0
     */
    public String computeCapability() {
        return major + "." + minor;
    }

    /**
     * Whether its tensor cores multiply 2:4 matrices: since Ampere, 8.0. cuSPARSELt promises since 0.8.0 to serve architectures that are younger
     * than it (its release notes), so there is no upper end.
     *
     * @return true from 8.0
     */
    public boolean hasSparseTensorCores() {
        return major >= 8;
    }

    /**
     * The device as JSON has it.
     *
     * @return its keys in order
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("ordinal", ordinal);
        map.put("name", name);
        map.put("compute_capability", computeCapability());
        map.put("memory_bytes", memoryBytes);
        map.put("multiprocessors", multiprocessors);
        map.put("l2_bytes", l2Bytes);
        return map;
    }
}
