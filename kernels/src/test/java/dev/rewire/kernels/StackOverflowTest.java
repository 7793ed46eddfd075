package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A caller near the end of its stack, in a JVM of its own: that it might die is what is tested. */
class StackOverflowTest {
    @ParameterizedTest
    @CsvSource({"vector, 2, platform", "scalar, 3, virtual"})
    void noHelperComputesAfterTheCallerHasLeft(String kernels, int threads, String kind) {
        List<String> flags = new ArrayList<>(List.of("-Drewire.kernels=" + kernels, "-Xmx256m"));
        flags.add("--add-modules=jdk.incubator.vector");
        flags.add("--enable-native-access=ALL-UNNAMED");
        Fork fork = Fork.run(flags, DeepCaller.class, Integer.toString(threads), kind);
        assertEquals(0, fork.exit(), () -> fork.out() + fork.err());
        assertTrue(fork.out().matches("(?s).*overflows [1-9][0-9]*\\s*"), fork.out());
    }
}
