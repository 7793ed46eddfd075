package dev.rewire.training.data;

import java.nio.file.Path;
import java.util.Map;

/**
 * The user's folder for data that can be fetched again.
 *
 * @param path $XDG_CACHE_HOME/rewire/data, or ~/.cache/rewire/data
 */
record CacheFolder(Path path) {
    static CacheFolder ofUser() {
        return of(System.getenv(), System.getProperty("user.home"));
    }

    static CacheFolder of(Map<String, String> environment, String home) {
        // The XDG base directory specification has relative paths ignored.
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = Path.of(xdg).isAbsolute() ? Path.of(xdg) : Path.of(home, ".cache");
        return new CacheFolder(caches.resolve("rewire").resolve("data"));
    }

    Path of(PublishedSet set) {
        return path.resolve(set.name());
    }
}
