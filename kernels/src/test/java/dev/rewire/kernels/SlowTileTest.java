package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tile that the JVM does not compile is made anew, in plans that exist, and {@link SlowTile} sees right results all the time. */
@Tag("alone")
class SlowTileTest {
    private static final String SECOND_IS_FAST = "second is fast";
    private static final String WITHOUT_MANAGEMENT = "second is fast, without management";
    private static final String NONE_IS_FAST = "none is fast";

    /** Most of their time is one processor's, so they start before anybody asks. */
    private static final Map<String, Future<Fork>> PROGRAMS = new HashMap<>();

    @BeforeAll
    static void startPrograms() {
        assumeTrue(Provider.active().name().equals("vector"), "no vectors here");
        try (ExecutorService processors =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            start(processors, NONE_IS_FAST, "Generated*", 14, List.of());
            start(processors, SECOND_IS_FAST, "Generated1*", 60, List.of());
            List<String> flags = List.of("--limit-modules=java.base,java.logging,jdk.incubator.vector");
            start(processors, WITHOUT_MANAGEMENT, "Generated1*", 60, flags);
        }
    }

    @Test
    void c2CompilesTheSecondWhereItExcludesTheFirst() {
        Fork fork = ended(SECOND_IS_FAST);
        assertTrue(isCompiledByC2(fork, "Generated2SpmmTile"), fork::out);
        assertFalse(isCompiledByC2(fork, "Generated1SpmmTile"), fork::out);
        assertTrue(fork.out().contains("fast: true"), fork::out);
    }

    @Test
    void theSameWithoutManagement() {
        Fork fork = ended(WITHOUT_MANAGEMENT);
        assertTrue(isCompiledByC2(fork, "Generated2SpmmTile"), fork::out);
        assertTrue(
                fork.err().contains("C1 could not be kept away from it: module jdk.management is not in this JVM"),
                fork::err);
    }

    @Test
    void theWarningIsTheOnlyOneThoughTheSecondIsSlowToo() {
        Fork fork = ended(NONE_IS_FAST);
        assertTrue(fork.out().contains("Generated3SpmmTile"), fork::out);
        assertTrue(fork.out().contains("fast: false"), fork::out);
    }

    /** Of tiles whose classes have such names C2 compiles none. */
    private static void start(
            ExecutorService processors, String name, String excluded, int seconds, List<String> flags) {
        List<String> all = new ArrayList<>(List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+PrintCompilation",
                "-XX:CompileCommand=exclude,dev/rewire/kernels/internal/vector/" + excluded + ".*"));
        all.addAll(flags);
        PROGRAMS.put(name, processors.submit(() -> Fork.run(all, SlowTile.class, Integer.toString(seconds))));
    }

    private static Fork ended(String name) {
        Fork fork = PROGRAMS.get(name).resultNow();
        assertEquals(0, fork.exit(), fork::err);
        assertEquals(
                1,
                fork.err().lines().filter(line -> line.contains("SpmmTile of")).count(),
                fork::err);
        return fork;
    }

    private static boolean isCompiledByC2(Fork fork, String name) {
        return fork.out().lines().anyMatch(line -> line.matches("[ 0-9]+[ %bsn!]* 4 +dev.*\\." + name + ".*::run .*"));
    }
}
