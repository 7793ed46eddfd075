package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.probe.Capabilities;
import java.util.Arrays;
import java.util.List;
import javax.management.MBeanServerBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the compilers take no directives, tiles are made all the same, and the probe says why. */
@Tag("alone")
class CompilerDirectivesTest {
    /** As a JVM may be given one by {@code javax.management.builder.initial}. */
    public static final class BrokenBuilder extends MBeanServerBuilder {
        static {
            fail();
        }

        private static void fail() {
            throw new IllegalStateException("broken");
        }
    }

    /** Multiplies, and prints what the probe says. */
    static final class Program {
        public static void main(String[] arguments) {
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(1)) {
                BlockPattern pattern = BlockPattern.full(16, 16, 16, 16);
                BlockSparseMatrix w = BlockSparseMatrix.of(arena, pattern, ones(256));
                DenseMatrix x = DenseMatrix.copyOf(arena, 64, 16, ones(64 * 16));
                DenseMatrix y = DenseMatrix.allocate(arena, 64, 16);
                SpmmPlan.forward(arena, w, 64, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                        .run(x, y);
                System.out.println(y.get(63, 15));
                Capabilities.current().kernels().choices().stream()
                        .filter(choice -> choice.name().equals("tiles_skip_c1"))
                        .forEach(choice -> System.out.println(choice.value() + ": " + choice.reason()));
            }
        }

        private static float[] ones(int count) {
            float[] ones = new float[count];
            Arrays.fill(ones, 1);
            return ones;
        }
    }

    private static void assertMultipliesWithoutDirectives(String flag, String reason) {
        Fork fork = Fork.run(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Drewire.kernels=vector",
                        flag),
                Program.class);
        assertEquals(0, fork.exit(), fork::err);
        List<String> lines = fork.out().lines().toList();
        assertEquals("16.0", lines.getFirst());
        assertTrue(lines.getLast().startsWith("no: ") && lines.getLast().contains(reason), lines::toString);
    }

    @Test
    void anErrorOfManagementIsTheReason() {
        assertMultipliesWithoutDirectives(
                "-Djavax.management.builder.initial=" + BrokenBuilder.class.getName(), "ExceptionInInitializerError");
    }

    @Test
    void aMissingTemporaryFolderIsTheReason() {
        assertMultipliesWithoutDirectives("-Djava.io.tmpdir=/does/not/exist", "/does/not/exist");
    }

    @Test
    void aMissingFlightRecorderIsTheReason() {
        assertMultipliesWithoutDirectives(
                "--limit-modules=java.base,jdk.incubator.vector,jdk.management,java.logging", "jdk.jfr");
    }

    @Test
    void aMissingModuleIsTheReason() {
        assertMultipliesWithoutDirectives(
                "--limit-modules=java.base,jdk.incubator.vector,java.management,java.logging", "jdk.management");
    }
}
