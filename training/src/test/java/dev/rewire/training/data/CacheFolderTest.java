package dev.rewire.training.data;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFolderTest {
    private static Path folder(Map<String, String> environment) {
        return requireNonNull(CacheFolder.of(environment, "/home/ada").of(PublishedSet.MNIST))
                .path();
    }

    @Test
    void folderIsInTheUsersCache() {
        assertEquals(Path.of("/home/ada/.cache/rewire/data/mnist"), folder(Map.of()));
    }

    @Test
    void cacheOfTheEnvironmentComesFirst() {
        assertEquals(Path.of("/scratch/rewire/data/mnist"), folder(Map.of("XDG_CACHE_HOME", "/scratch")));
    }

    @Test
    void relativeCacheOfTheEnvironmentIsIgnored() {
        assertEquals(Path.of("/home/ada/.cache/rewire/data/mnist"), folder(Map.of("XDG_CACHE_HOME", "scratch")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "home/ada"})
    void withoutAHomeThereIsNoneAndNothingBelowTheCurrentFolder(String home) {
        assertNull(CacheFolder.of(Map.of("XDG_CACHE_HOME", "scratch"), home).of(PublishedSet.MNIST));
        assertNull(CacheFolder.of(Map.of(), home).of(PublishedSet.FASHION_MNIST));
    }

    @Test
    void withoutAHomeTheCacheOfTheEnvironmentServes() {
        assertEquals(
                new DataFolder(Path.of("/scratch/rewire/data/mnist")),
                CacheFolder.of(Map.of("XDG_CACHE_HOME", "/scratch"), "?").of(PublishedSet.MNIST));
    }
}
