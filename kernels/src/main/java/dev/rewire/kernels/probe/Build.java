package dev.rewire.kernels.probe;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Which Rewire this is.
 *
 * @param version of the jar, {@value Cpu#UNKNOWN} if it has lost its properties
 * @param commit as {@code git describe --always --dirty} said when it was built; empty where the build was not told
 */
public record Build(String version, Optional<String> commit) {
    private static final class Holder {
        private static final Build CURRENT = read();
    }

    /**
     * This one.
     *
     * @return what the build has left in the jar
     */
    public static Build current() {
        return Holder.CURRENT;
    }

    private static Build read() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException | IllegalArgumentException e) {
            // As if there were none.
            properties.clear();
        }
        return new Build(text(properties, "version").orElse(Cpu.UNKNOWN), text(properties, "commit"));
    }

    /** A value that the build has filled in. */
    private static Optional<String> text(Properties properties, String key) {
        return Optional.of(properties.getProperty(key, "")).filter(value -> !value.isEmpty() && !value.contains("${"));
    }

    /** For people. */
    @Override
    public String toString() {
        return "rewire " + version + ", commit " + commit.orElse(Cpu.UNKNOWN);
    }

    /**
     * The same for programs.
     *
     * @return version and commit, which is null where the build was not told, with a reason then
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("version", version);
        map.put("commit", commit.orElse(null));
        if (commit.isEmpty()) {
            map.put("reason", "built without -Drewire.commit, which ./rewire gives where there is git");
        }
        return map;
    }
}
