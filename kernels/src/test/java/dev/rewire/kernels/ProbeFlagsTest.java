package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.kernels.probe.Jvm;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the probe says under which flags, each in a JVM of its own. */
class ProbeFlagsTest {
    private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String NO_MANAGEMENT = "--limit-modules=java.base,jdk.incubator.vector";

    /** Prints what the tests look for. */
    static final class Probing {
        private Probing() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            Jvm jvm = Jvm.current();
            System.out.println("compiler " + jvm.compiler());
            System.out.println(
                    "fma " + jvm.useFma().value() + ", " + jvm.useFma().source());
            System.out.println("flags " + jvm.flagsSource());
            Capabilities capabilities = Capabilities.current();
            System.out.println("available " + capabilities.cpu().available());
            capabilities.capabilities().stream()
                    .filter(each -> each.name().equals("AVX2"))
                    .forEach(each -> System.out.println("AVX2 " + each.has().source()));
            capabilities.disagreements().forEach(line -> System.out.println("! " + line));
            System.out.println(capabilities.toMap().keySet());
        }
    }

    private static final Map<List<String>, Fork> RUNS = new ConcurrentHashMap<>();

    private static Fork probe(String... flags) {
        Fork fork = RUNS.computeIfAbsent(List.of(flags), list -> Fork.run(list, Probing.class));
        assertEquals(0, fork.exit(), fork::err);
        return fork;
    }

    private static void assertSays(String line, Fork fork) {
        assertTrue(fork.out().lines().anyMatch(line::equals), () -> line + "\nis not in\n" + fork.out());
    }

    private static void assumeFeature(String flag) {
        assumeTrue(Cpu.current().features().contains(flag), "this processor has no " + flag);
    }

    @Test
    void withoutFlagsTheJvmsFlagsAreKnown() {
        assertSays("flags HotSpotDiagnosticMXBean", probe(VECTOR_MODULE, NATIVE_ACCESS));
    }

    @Test
    void aJvmHeldToAvx2IsTold() {
        assumeFeature("avx512vl");
        assertSays(
                "! AVX-512F, AVX-512DQ, AVX-512BW, AVX-512VL: usable, not used by the JVM (UseAVX=2, given on the command line)",
                probe(VECTOR_MODULE, NATIVE_ACCESS, "-XX:UseAVX=2"));
    }

    @Test
    void aJvmHeldToShortVectorsIsTold() {
        assumeFeature("avx2");
        String out = probe(VECTOR_MODULE, NATIVE_ACCESS, "-XX:MaxVectorSize=16").out();
        assertTrue(out.contains("not used by the JVM (MaxVectorSize=16, given on the command line)"), out);
    }

    @Test
    void aJvmWithoutFmaIsTold() {
        assumeFeature("fma");
        Fork fork = probe(VECTOR_MODULE, NATIVE_ACCESS, "-XX:-UseFMA");
        assertSays("fma no, flag UseFMA=false", fork);
        assertSays("! FMA: usable, not used by the JVM (UseFMA=false, given on the command line)", fork);
    }

    @ParameterizedTest
    @CsvSource({
        "-Xint, interpreter",
        "-XX:TieredStopAtLevel=1, C1",
        "-XX:TieredStopAtLevel=3, C1",
        "-XX:-UseCompiler, interpreter",
        "-XX:-TieredCompilation, C2",
        "-Xcomp, C2"
    })
    void theCompilerIsKnown(String flag, String compiler) {
        assertSays("compiler " + compiler, probe(VECTOR_MODULE, NATIVE_ACCESS, flag));
    }

    @Test
    void aJvmWithoutC2IsTold() {
        String out =
                probe(VECTOR_MODULE, NATIVE_ACCESS, "-XX:TieredStopAtLevel=1").out();
        assertTrue(out.contains("not used by the JVM (C1 alone: "), out);
    }

    @Test
    void aJvmToldToCountOneProcessorIsTold() {
        int logical = Cpu.current().logical().orElse(1);
        assumeTrue(logical > 1, "this machine has one processor");
        Fork fork = probe(VECTOR_MODULE, NATIVE_ACCESS, "-XX:ActiveProcessorCount=1");
        assertSays("available 1", fork);
        assertSays(
                "! " + logical
                        + " logical processors, the JVM counts 1 (ActiveProcessorCount=1, given on the command line)",
                fork);
    }

    @Test
    void withoutManagementTheFlagsAreUnknown() {
        assertSays(
                "flags module jdk.management is not in this JVM", probe(VECTOR_MODULE, NATIVE_ACCESS, NO_MANAGEMENT));
    }

    @Test
    void withoutManagementMixedModeIsNoCompiler() {
        assertSays("compiler unknown", probe(VECTOR_MODULE, NATIVE_ACCESS, NO_MANAGEMENT));
    }

    @ParameterizedTest
    @CsvSource({"-Xint, interpreter", "-XX:TieredStopAtLevel=1, C1"})
    void withoutManagementTheJvmsWordsTellTheCompiler(String flag, String compiler) {
        assertSays("compiler " + compiler, probe(VECTOR_MODULE, NATIVE_ACCESS, NO_MANAGEMENT, flag));
    }

    @ParameterizedTest
    @CsvSource({"-XX:+UseFMA, yes", "-XX:-UseFMA, no"})
    void withoutManagementATrialTellsOfFma(String flag, String fma) {
        assumeTrue(fma.equals("no") || Cpu.current().features().contains("fma"), "this processor has no fma");
        assertSays("fma " + fma + ", a trial of Math.fma", probe(VECTOR_MODULE, NATIVE_ACCESS, NO_MANAGEMENT, flag));
    }

    @ParameterizedTest
    @CsvSource({"-XX:+UseFMA, yes", "-XX:-UseFMA, no"})
    void theTrialTellsInTheInterpreterToo(String flag, String fma) {
        assumeTrue(fma.equals("no") || Cpu.current().features().contains("fma"), "this processor has no fma");
        assertSays(
                "fma " + fma + ", a trial of Math.fma",
                probe(VECTOR_MODULE, NATIVE_ACCESS, NO_MANAGEMENT, "-Xint", flag));
    }

    @Test
    void withNativeAccessCpuidAnswers() {
        assumeFeature("avx2");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "glibc is asked, on Linux");
        String out = probe(VECTOR_MODULE, NATIVE_ACCESS).out();
        assertTrue(out.contains("AVX2 cpuid, by glibc"), out);
    }

    @Test
    void deniedNativeAccessIsNotTried() {
        assumeFeature("avx2");
        assertSays("AVX2 /proc/cpuinfo", probe("--illegal-native-access=deny", "-Drewire.kernels=scalar"));
    }

    @Test
    void withoutNativeAccessTheJvmPrintsNoWarning() {
        // The default is to allow it with a warning, which is not ours to cause.
        assertEquals("", probe("-Drewire.kernels=scalar").err());
    }

    @Test
    void aForcedProviderThatCannotRunIsToldAndNoError() {
        Fork fork = probe("-Drewire.kernels=vector");
        assertTrue(fork.out().contains("! no vector kernels: -Drewire.kernels=vector: cannot run here: "), fork::out);
        assertFalse(fork.err().contains("Exception"), fork::err);
    }
}
