package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/**
 * Products with vectors of another width in the same JVM do not make those of wide ones objects: the JIT's profiles of the Vector API are shared. Where they do, it
 * is by chance, once in some three processes.
 */
@Tag("alone")
class OtherWidthsTest {
    @RepeatedTest(3)
    void aProductMakesNoGarbageAfterNarrowOnes() {
        assumeTrue(Provider.active().vectorBits() > 128, "no wider vectors here");
        Fork fork = Fork.run(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"), OtherWidths.class);
        assertEquals("0", fork.out().strip(), fork::err);
    }
}
