package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kernels come up under which flags, each in a JVM of its own. */
class ProviderTest {
    private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    /** Multiplies once, so that kernels are really loaded, and prints the provider. */
    static final class Multiplication {
        private Multiplication() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(1)) {
                BlockSparseMatrix w = BlockSparseMatrix.fromDense(
                        arena, ones(DenseMatrix.allocate(arena, 20, 24)), BlockPattern.full(20, 24, 8, 4));
                DenseMatrix y = DenseMatrix.allocate(arena, 17, 20);
                for (int plan = 0; plan < 2; plan++) {
                    SpmmPlan.forward(arena, w, 17, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                            .run(ones(DenseMatrix.allocate(arena, 17, 24)), y);
                }
                Provider provider = Provider.active();
                System.out.println(provider.name() + " " + provider.vectorBits() + " " + y.get(16, 19));
                System.out.println(provider.reason());
            }
        }

        private static DenseMatrix ones(DenseMatrix matrix) {
            for (int row = 0; row < matrix.rows(); row++) {
                for (int col = 0; col < matrix.cols(); col++) {
                    matrix.set(row, col, 1);
                }
            }
            return matrix;
        }
    }

    /** The same flags give the same run: a JVM takes half a second. */
    private static final Map<List<String>, Fork> RUNS = new ConcurrentHashMap<>();

    private static Fork multiply(String... flags) {
        return RUNS.computeIfAbsent(List.of(flags), list -> Fork.run(list, Multiplication.class));
    }

    private static void assertRunsOn(String provider, Fork fork) {
        assertEquals(0, fork.exit(), fork::err);
        assertTrue(fork.out().startsWith(provider + " "), fork::out);
        assertTrue(fork.out().lines().findFirst().orElse("").endsWith(" 24.0"), fork::out);
    }

    /** Ends with an IllegalStateException whose message starts so. */
    private static void assertFails(String message, Fork fork) {
        assertNotEquals(0, fork.exit());
        assertTrue(fork.err().contains("java.lang.IllegalStateException: " + message), fork::err);
    }

    @Test
    void withTheModuleTheVectorKernelsRun() {
        assertRunsOn("vector", multiply(VECTOR_MODULE, NATIVE_ACCESS));
    }

    @Test
    void withBothFlagsNothingButTheJdksNoticeIsPrinted() {
        Fork fork = multiply(VECTOR_MODULE, NATIVE_ACCESS);
        assertEquals(
                "WARNING: Using incubator modules: jdk.incubator.vector",
                fork.err().strip());
    }

    @Test
    void withoutTheModuleTheScalarKernelsRun() {
        assertRunsOn("scalar 32", multiply());
    }

    @Test
    void withoutTheModuleOneWarningNamesTheFlag() {
        Fork fork = multiply();
        assertEquals(1, Pattern.compile("WARNING").matcher(fork.err()).results().count(), fork::err);
        assertTrue(fork.err().contains("--add-modules jdk.incubator.vector"), fork::err);
    }

    @Test
    void withoutTheModuleNoClassIsMissed() {
        assertFalse(multiply().err().contains("NoClassDefFoundError"));
    }

    @Test
    void forcedScalarKernelsRunWhereVectorKernelsCould() {
        assertRunsOn("scalar 32", multiply(VECTOR_MODULE, NATIVE_ACCESS, "-Drewire.kernels=scalar"));
    }

    @Test
    void forcedScalarKernelsNeedNoFlagAndPrintNoWarning() {
        Fork fork = multiply("-Drewire.kernels=scalar");
        assertRunsOn("scalar 32", fork);
        assertEquals("", fork.err());
    }

    @Test
    void forcedVectorKernelsRun() {
        assertRunsOn("vector", multiply(VECTOR_MODULE, NATIVE_ACCESS, "-Drewire.kernels=vector"));
    }

    @Test
    void forcedVectorKernelsWithoutTheModuleFailAndNameTheFlag() {
        Fork fork = multiply("-Drewire.kernels=vector");
        assertFails("-Drewire.kernels=vector: ", fork);
        assertTrue(fork.err().contains("--add-modules jdk.incubator.vector"), fork::err);
    }

    @Test
    void unknownKernelsFailAndNameTheKnown() {
        assertFails("-Drewire.kernels=gpu: unknown; accepted are scalar, vector", multiply("-Drewire.kernels=gpu"));
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256})
    void forcedWidthIsTaken(int bits) {
        assertRunsOn("vector " + bits, multiply(VECTOR_MODULE, NATIVE_ACCESS, "-Drewire.kernels.bits=" + bits));
    }

    @Test
    void forcedWidthIsTakenWithForcedVectorKernels() {
        assertRunsOn(
                "vector 128",
                multiply(VECTOR_MODULE, NATIVE_ACCESS, "-Drewire.kernels=vector", "-Drewire.kernels.bits=128"));
    }

    @Test
    void aWidthThatTheJvmLacksFails() {
        Fork fork = multiply(
                VECTOR_MODULE, NATIVE_ACCESS, "-XX:MaxVectorSize=16", "-XX:UseAVX=0", "-Drewire.kernels.bits=256");
        assertFails(
                "-Drewire.kernels.bits=256: cannot run here: this JVM's vectors have 128 bits, and 256 are asked for",
                fork);
    }

    @Test
    void anUnknownWidthFailsAndNamesTheKnown() {
        Fork fork = multiply(VECTOR_MODULE, NATIVE_ACCESS, "-Drewire.kernels.bits=100");
        assertFails("-Drewire.kernels.bits=100: unknown; accepted are 128, 256, 512", fork);
    }

    @Test
    void aForcedWidthWithoutTheModuleFailsAndNamesTheFlag() {
        Fork fork = multiply("-Drewire.kernels.bits=256");
        assertFails("-Drewire.kernels.bits=256: cannot run here: ", fork);
        assertTrue(fork.err().contains("--add-modules jdk.incubator.vector"), fork::err);
    }

    @Test
    void withoutNativeAccessTheScalarKernelsRunAndNameTheFlag() {
        Fork fork = multiply(VECTOR_MODULE, "--illegal-native-access=deny");
        assertRunsOn("scalar 32", fork);
        assertTrue(fork.err().contains("--enable-native-access=ALL-UNNAMED"), fork::err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=3", "-Xint", "-XX:CompilationMode=quick-only"})
    void whereVectorsAreNotCompiledTheScalarKernelsRunAndOneWarningSaysWhy(String flag) {
        Fork fork = multiply(VECTOR_MODULE, NATIVE_ACCESS, flag);
        assertRunsOn("scalar 32", fork);
        assertEquals(
                1,
                Pattern.compile("does not compile vectors")
                        .matcher(fork.err())
                        .results()
                        .count(),
                fork::err);
    }

    @Test
    void withoutVectorInstructionsOfTheApiTheScalarKernelsRun() {
        assumeTrue(isX86(), "UseSSE is a flag of x86");
        assertRunsOn("scalar 32", multiply(VECTOR_MODULE, NATIVE_ACCESS, "-XX:UseAVX=0", "-XX:UseSSE=2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:-UseFMA", "-XX:UseAVX=0"})
    void withoutFusedMultiplyAddTheVectorKernelsRunAndOneWarningSaysWhy(String flag) {
        assumeTrue(isX86(), "flags of x86");
        Fork fork = multiply(VECTOR_MODULE, NATIVE_ACCESS, flag);
        assertRunsOn("vector", fork);
        assertEquals(
                1, Pattern.compile("UseFMA=false").matcher(fork.err()).results().count(), fork::err);
    }

    private static boolean isX86() {
        return System.getProperty("os.arch").equals("amd64");
    }

    @Test
    void onTheModulePathTheVectorKernelsRun() {
        assertRunsOn("vector", multiplyOnModulePath(VECTOR_MODULE, "--enable-native-access=dev.rewire.kernels"));
    }

    @Test
    void onTheModulePathWithoutTheModuleTheScalarKernelsRun() {
        assertRunsOn("scalar 32", multiplyOnModulePath());
    }

    @Test
    void onTheModulePathTheFlagForNativeAccessNamesTheModule() {
        Fork fork = multiplyOnModulePath(VECTOR_MODULE, "--illegal-native-access=deny");
        assertRunsOn("scalar 32", fork);
        assertTrue(fork.err().contains("--enable-native-access=dev.rewire.kernels"), fork::err);
    }

    private static Fork multiplyOnModulePath(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of(flags));
        command.add("--module-path=" + Fork.folderOf(Provider.class));
        command.add("--patch-module=dev.rewire.kernels=" + Fork.folderOf(ProviderTest.class));
        command.add("--module=dev.rewire.kernels/" + Multiplication.class.getName());
        return Fork.run(command);
    }
}
