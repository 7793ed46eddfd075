package dev.rewire.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of a product on a GPU beside its times, which are the device's own: between events on one stream.
 *
 * @param arithmetic what tensor cores multiply: {@code f16}, {@code bf16} or {@code tf32}
 * @param pruneMs time in which the library prunes a dense matrix on the device, once; Rewire's pattern does not need it
 * @param compressMs time in which it compresses the weights on the device, the median
 * @param searchMs time in which it tries its algorithms, once for a shape
 * @param device what the times depend on, by name: the device, its driver, its clocks; or why they are not known
 */
public record GpuRun(
        String arithmetic, double pruneMs, double compressMs, double searchMs, Map<String, String> device) {
    /** Copies the map in its order. */
    public GpuRun {
        device = new LinkedHashMap<>(device);
    }
}
