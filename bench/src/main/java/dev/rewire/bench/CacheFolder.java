package dev.rewire.bench;

import java.nio.file.Path;

/** Where this user's caches are, as the XDG Base Directory Specification says. */
final class CacheFolder {
    private CacheFolder() {}

    static Path of(String purpose) {
        String configured = System.getenv("XDG_CACHE_HOME");
        // The specification has relative paths ignored.
        Path cache = configured != null && Path.of(configured).isAbsolute()
                ? Path.of(configured)
                : Path.of(System.getProperty("user.home", "."), ".cache");
        return cache.resolve("rewire").resolve(purpose);
    }
}
