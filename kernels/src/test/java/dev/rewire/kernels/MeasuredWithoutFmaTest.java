package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.measure.Measured;
import dev.rewire.kernels.probe.Capabilities;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A JVM whose fused multiply-adds are software, a thousand times slower. */
class MeasuredWithoutFmaTest {
    /** The program of that JVM. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println(
                    Measured.take(Capabilities.current(), 1, 0.5, step -> {}).fused());
        }
    }

    @Test
    void multiplicationsAndAdditionsAreMeasured() {
        assumeTrue(Provider.active().name().equals("vector"), "no Vector API in this JVM");
        Fork fork = Fork.run(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:-UseFMA"),
                Program.class);
        assumeTrue(fork.exit() == 0 || !fork.err().contains("Unrecognized VM option"), "this JVM has no -XX:-UseFMA");
        assertEquals(0, fork.exit(), fork::err);
        assertTrue(fork.out().contains("false"), fork::out);
    }
}
