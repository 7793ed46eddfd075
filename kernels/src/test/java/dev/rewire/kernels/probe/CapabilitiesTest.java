package dev.rewire.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What this process can do, for programs and for people. */
class CapabilitiesTest {
    @Test
    void theObjectHasTheKeysOfItsContract() {
        Map<String, ?> map = Capabilities.current().toMap();
        assertEquals(
                List.of("cpu", "jvm", "memory", "kernels", "capabilities", "disagreements"), List.copyOf(map.keySet()));
        assertTrue(keys(map.get("cpu"))
                .containsAll(List.of("model", "vendor", "logical", "physical", "available", "features", "caches")));
        assertTrue(keys(map.get("jvm"))
                .containsAll(List.of(
                        "version",
                        "vendor",
                        "vm",
                        "vector_bits_preferred",
                        "use_avx",
                        "use_fma",
                        "max_vector_size",
                        "flags")));
        assertTrue(keys(map.get("memory")).containsAll(List.of("total", "page_size", "huge_pages")));
        assertTrue(keys(map.get("kernels")).containsAll(List.of("provider", "reason")));
    }

    private static Set<?> keys(Object map) {
        return ((Map<?, ?>) map).keySet();
    }

    @Test
    void everyKeyIsDocumented() throws IOException {
        String documentation = Files.readString(Path.of("..", "docs", "probe.md"));
        Set<String> missing = new TreeSet<>();
        for (Map<String, ?> map : List.of(
                Capabilities.current().toMap(),
                Provenance.now("rewire", List.of()).toMap())) {
            collect(map, missing);
        }
        missing.removeIf(key -> documentation.matches("(?s).*[`{ ]" + key + "[`,} ].*"));
        assertEquals(Set.of(), missing);
    }

    /** All keys but the names of flags; fails where a value is nothing that JSON has. */
    private static void collect(Object value, Set<String> keys) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> {
                keys.add((String) key);
                if (!key.equals("flags")) {
                    collect(each, keys);
                }
            });
        } else if (value instanceof Collection<?> list) {
            list.forEach(each -> collect(each, keys));
        } else {
            assertTrue(
                    value == null || value instanceof String || value instanceof Number || value instanceof Boolean,
                    () -> "not of JSON: " + value.getClass());
        }
    }

    @Test
    void theTableFitsABugReport() {
        // A flag of the command line may be longer, and is not broken.
        List<String> wide = Capabilities.current()
                .toString()
                .lines()
                .filter(line -> line.length() > 110 && line.strip().contains(" "))
                .toList();
        assertEquals(List.of(), wide);
    }

    @Test
    void theTableHasARowForEachCapability() {
        Capabilities capabilities = Capabilities.current();
        String text = capabilities.toString();
        for (Capability each : capabilities.capabilities()) {
            assertTrue(text.contains("\n" + each.name() + " "), each.name());
        }
    }

    @Test
    void aCommandIsQuotedWhereAShellNeedsIt() {
        assertEquals(
                "rewire spmm --block 4x8 --matrix 'a b.smtx' 'it'\\''s' ''",
                Provenance.now("rewire spmm", List.of("--block", "4x8", "--matrix", "a b.smtx", "it's", ""))
                        .command());
    }

    @Test
    void theBuildKnowsItsVersion() {
        assertTrue(Build.current().version().matches("\\d+\\.\\d+\\..+"), Build.current()::toString);
    }
}
