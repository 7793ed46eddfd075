package dev.rewire.gpu;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A library that runs on the GPU, as it was found.
 *
 * @param status {@code "available"} or {@code "unavailable"}; whether the library is there and of a version that can be used
 * @param version of the library, null where it was not found
 * @param path of the file that was loaded, null where there was none
 * @param reason why it cannot be used, with the loader's own words; null where it can
 */
public record GpuLibrary(
        String status,
        @Nullable String version,
        @Nullable String path,
        @Nullable String reason) {
    /**
     * The library as JSON has it.
     *
     * @return its keys in order; values may be null
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("status", status);
        map.put("version", version);
        map.put("path", path);
        map.put("reason", reason);
        return map;
    }

    /** As a line of the report. */
    String text() {
        return reason == null ? version + ", " + path : status + ": " + reason;
    }
}
