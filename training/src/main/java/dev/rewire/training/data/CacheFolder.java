package dev.rewire.training.data;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The user's folder for data that can be fetched again.
 *
 * @param path $XDG_CACHE_HOME/rewire/data, or ~/.cache/rewire/data; null where neither is known
 */
record CacheFolder(@Nullable Path path) {
    static CacheFolder ofUser() {
        return of(System.getenv(), System.getProperty("user.home", ""));
    }

    static CacheFolder of(Map<String, String> environment, String home) {
        // The XDG base directory specification has relative paths ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = Path.of(xdg).isAbsolute() ? Path.of(xdg) : null;
        // A user without an entry in the system's list has the home "?", which would be a folder in the current one.
        if (caches == null && Path.of(home).isAbsolute()) {
            caches = Path.of(home, ".cache");
        }
        return new CacheFolder(caches == null ? null : caches.resolve("rewire").resolve("data"));
    }

    /** Where it keeps a data set, or null. */
    @Nullable
    DataFolder of(PublishedSet set) {
        return path == null ? null : new DataFolder(path.resolve(set.name()));
    }
}
