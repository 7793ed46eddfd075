package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tile that the JVM does not compile is made anew, in plans that exist, and {@link SlowTile} sees right results all the time. */
@Tag("alone")
class SlowTileTest {
    @BeforeEach
    void needsVectors() {
        assumeTrue(Provider.active().name().equals("vector"), "no vectors here");
    }

    @Test
    void c2CompilesTheSecondWhereItExcludesTheFirst() {
        Fork fork = run("Generated1*", 60, List.of());
        assertTrue(isCompiledByC2(fork, "Generated2SpmmTile"), fork::out);
        assertFalse(isCompiledByC2(fork, "Generated1SpmmTile"), fork::out);
        assertTrue(fork.out().contains("fast: true"), fork::out);
    }

    @Test
    void theSameWithoutManagement() {
        Fork fork = run("Generated1*", 60, List.of("--limit-modules=java.base,java.logging,jdk.incubator.vector"));
        assertTrue(isCompiledByC2(fork, "Generated2SpmmTile"), fork::out);
        assertTrue(
                fork.err().contains("C1 could not be kept away from it: module jdk.management is not in this JVM"),
                fork::err);
    }

    @Test
    void theWarningIsTheOnlyOneThoughTheSecondIsSlowToo() {
        Fork fork = run("Generated*", 14, List.of());
        assertTrue(fork.out().contains("Generated3SpmmTile"), fork::out);
        assertTrue(fork.out().contains("fast: false"), fork::out);
    }

    /** Of tiles whose classes have such names C2 compiles none. */
    private static Fork run(String excluded, int seconds, List<String> flags) {
        List<String> all = new ArrayList<>(List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+PrintCompilation",
                "-XX:CompileCommand=exclude,dev/rewire/kernels/internal/vector/" + excluded + ".*"));
        all.addAll(flags);
        Fork fork = Fork.run(all, SlowTile.class, Integer.toString(seconds));
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
