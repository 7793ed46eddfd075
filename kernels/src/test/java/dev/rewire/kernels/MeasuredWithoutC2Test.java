package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.measure.Measured;
import dev.rewire.kernels.probe.Capabilities;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JVMs whose vectors are objects: to measure them would take minutes, for figures that mean nothing. */
class MeasuredWithoutC2Test {
    /** The program of those JVMs. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.print(
                    Measured.take(Capabilities.current(), 1, 0.5, step -> {}).reason());
        }
    }

    @ParameterizedTest
    @CsvSource({"-Xint, interpreter", "-XX:TieredStopAtLevel=1, C1"})
    void theReasonIsTheResult(String flag, String compiler) {
        assumeTrue(Provider.active().name().equals("vector"), "no Vector API in this JVM");
        Fork fork = Fork.run(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", flag),
                Program.class);
        assertEquals(0, fork.exit(), fork::err);
        assertEquals(
                "this JVM does not compile vectors: " + compiler + " alone",
                fork.out().replaceAll(" \\(.*", "").strip());
    }
}
