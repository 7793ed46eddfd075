package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFolderTest {
    private static void assertFolder(String expected, Map<String, String> environment, String home) {
        assertEquals(Optional.of(Path.of(expected)), CacheFolder.of(environment, home, "data"));
    }

    @Test
    void folderIsInTheUsersCache() {
        assertFolder("/home/ada/.cache/rewire/data", Map.of(), "/home/ada");
    }

    @Test
    void cacheOfTheEnvironmentComesFirst() {
        assertFolder("/scratch/rewire/data", Map.of("XDG_CACHE_HOME", "/scratch"), "/home/ada");
    }

    @Test
    void relativeCacheOfTheEnvironmentIsIgnored() {
        assertFolder("/home/ada/.cache/rewire/data", Map.of("XDG_CACHE_HOME", "scratch"), "/home/ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "home/ada", "."})
    void aHomeThatIsNoneIsNotLookedForInTheCurrentFolder(String home) {
        assertEquals(Optional.empty(), CacheFolder.of(Map.of("HOME", home), home, "data"));
    }

    @Test
    void aUserWithoutANameHasTheHomeOfTheEnvironment() {
        assertFolder("/work/.cache/rewire/data", Map.of("HOME", "/work"), "?");
    }
}
