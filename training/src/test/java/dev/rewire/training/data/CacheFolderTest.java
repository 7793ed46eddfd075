package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    private static Path folder(Map<String, String> environment) {
        return CacheFolder.of(environment, "/home/ada").of(PublishedSet.MNIST);
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
}
