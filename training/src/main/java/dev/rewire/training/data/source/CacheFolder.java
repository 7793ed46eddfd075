package dev.rewire.training.data.source;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The user's folders for what can be fetched or made again, as the XDG Base Directory Specification says. */
public final class CacheFolder {
    /** Why there is none, and what to do about it. */
    public static final String ABSENCE =
            "no folder of this user is known to keep it in; set XDG_CACHE_HOME to one (an absolute path)";

    private CacheFolder() {}

    /**
     * The folder for a purpose. Never one that depends on where the JVM was started: of a user without a name or a home the JVM's
     * {@code user.home} is a question mark or empty.
     *
     * @param purpose a name
     * @return {@code $XDG_CACHE_HOME/rewire/PURPOSE}, or {@code ~/.cache/rewire/PURPOSE}, which need not exist; empty if neither is an absolute path
     */
    public static Optional<Path> of(String purpose) {
        return of(System.getenv(), System.getProperty("user.home", ""), purpose);
    }

    static Optional<Path> of(Map<String, String> environment, String home, String purpose) {
        return Stream.of(
                        Path.of(environment.getOrDefault("XDG_CACHE_HOME", "")),
                        Path.of(home, ".cache"),
                        Path.of(environment.getOrDefault("HOME", ""), ".cache"))
                .filter(Path::isAbsolute)
                .findFirst()
                .map(caches -> caches.resolve("rewire").resolve(purpose));
    }
}
