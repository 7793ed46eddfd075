package dev.rewire.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.internal.system.AuxVector;
import dev.rewire.kernels.internal.system.JvmFlags;
import dev.rewire.kernels.internal.system.X86Leaves;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four columns and the lines below them, on machines and JVMs that are not at hand. */
class RulesTest {
    @TempDir
    private Path root;

    private MadeUpMachine machine() {
        return new MadeUpMachine(root);
    }

    private static Cpu with(Cpu cpu, String architecture, int available) {
        return new Cpu(
                cpu.model(),
                cpu.vendor(),
                architecture,
                cpu.logical(),
                cpu.physical(),
                cpu.sockets(),
                cpu.numaNodes(),
                cpu.allowed(),
                cpu.quota(),
                available,
                cpu.features(),
                cpu.caches(),
                cpu.source());
    }

    private static Kernels vector(int bits) {
        return new Kernels("vector", bits, "made up", Answer.of(true, "tiles are made of it"), List.of());
    }

    /** A JVM with C2 and flags that all come from its command line. */
    private static Jvm jvm(int bits, String... flags) {
        Map<String, Jvm.Flag> map = new LinkedHashMap<>();
        for (String flag : flags) {
            String[] parts = flag.split("=", 2);
            map.put(parts[0], new Jvm.Flag(parts[1], "VM_CREATION"));
        }
        boolean fma = !map.containsKey("UseFMA") || map.get("UseFMA").value().equals("true");
        return new Jvm(
                "25",
                "nobody",
                "made up",
                Jvm.Compiler.C2,
                "made up",
                Answer.of(true, "made up"),
                OptionalInt.of(bits),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Answer.of(fma, "made up"),
                OptionalInt.empty(),
                map,
                List.of(),
                "made up");
    }

    private Capabilities capabilities(Cpu cpu, Jvm jvm, Kernels kernels) {
        return capabilities(cpu, jvm, kernels, Optional.empty());
    }

    private Capabilities capabilities(Cpu cpu, Jvm jvm, Kernels kernels, Optional<X86Leaves> leaves) {
        JvmFlags none = new JvmFlags(Map.of(), List.of(), OptionalLong.empty(), Optional.empty());
        return Capabilities.of(
                cpu,
                jvm,
                Memory.read(machine().files(), none),
                kernels,
                leaves,
                machine().files());
    }

    private static Capability find(Capabilities capabilities, String name) {
        return capabilities.capabilities().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String row(Capabilities capabilities, String name) {
        Capability found = find(capabilities, name);
        return found.has().value() + " " + found.usable().value() + " "
                + found.jvm().value() + " " + found.rewire().value();
    }

    private Cpu intel() {
        return with(MadeUpMachine.intelOfTwoSockets(root).cpu(), "amd64", 8);
    }

    private Cpu arm() {
        return with(MadeUpMachine.armOfTwoKinds(root).cpu(), "aarch64", 6);
    }

    private static final String[] AVX_512 = {"UseSSE=4", "UseAVX=3", "UseFMA=true", "UseSVE=0"};
    private static final String[] AVX_2 = {"UseSSE=4", "UseAVX=2", "UseFMA=true"};

    @Test
    void nothingIsSaidWhereAllAgree() {
        assertEquals(
                List.of(), capabilities(intel(), jvm(512, AVX_512), vector(512)).disagreements());
    }

    @Test
    void whatLinuxListsIsThereAndUsable() {
        Capabilities capabilities = capabilities(intel(), jvm(512, AVX_512), vector(512));
        assertEquals("yes yes yes yes", row(capabilities, "AVX-512F"));
        assertEquals("/proc/cpuinfo", find(capabilities, "AVX-512F").has().source());
    }

    @Test
    void whatLinuxDoesNotListMayBeHidden() {
        assertEquals("unknown no no no", row(capabilities(intel(), jvm(512, AVX_512), vector(512)), "AMX tile"));
    }

    @Test
    void whatTheSystemDoesNotEnableIsTold() {
        int[][] words = new int[9][8];
        // Leaf 7: AVX2 is bit 5 of ebx, AMX's tiles are bit 24 of edx.
        words[X86Leaves.LEAF_7] = new int[] {0, 1 << 5, 0, 1 << 24, 0, 1 << 5, 0, 0};
        Capabilities capabilities =
                capabilities(intel(), jvm(256, AVX_2), vector(256), Optional.of(X86Leaves.of(words)));
        assertEquals("yes yes yes yes", row(capabilities, "AVX2"));
        assertEquals("yes no no no", row(capabilities, "AMX tile"));
        assertEquals("no no no no", row(capabilities, "AMX int8"));
        assertEquals(
                List.of("AMX tile: the processor has it, the system does not enable it (glibc's active cpuid bits)"),
                capabilities.disagreements());
    }

    @Test
    void aJvmHeldToAvx2IsToldInOneLine() {
        assertEquals(
                List.of(
                        "AVX-512F, AVX-512DQ, AVX-512BW, AVX-512VL: usable, not used by the JVM (UseAVX=2, given on the command line)"),
                capabilities(intel(), jvm(256, AVX_2), vector(256)).disagreements());
    }

    @Test
    void narrowerKernelsThanTheJvmPrefersAreTold() {
        List<String> lines =
                capabilities(intel(), jvm(512, AVX_512), vector(256)).disagreements();
        assertTrue(lines.contains("the JVM prefers vectors of 512 bits, Rewire's have 256: made up"), lines::toString);
    }

    @Test
    void softwareFmaIsTold() {
        Capabilities capabilities =
                capabilities(intel(), jvm(512, "UseSSE=4", "UseAVX=3", "UseFMA=false"), vector(512));
        assertEquals("yes yes no yes", row(capabilities, "FMA"));
        assertEquals(
                List.of(
                        "FMA: usable, not used by the JVM (UseFMA=false, given on the command line)",
                        "FMA: used by Rewire's kernels, not by the JVM: software for each element, hundreds of times slower"),
                capabilities.disagreements());
    }

    @Test
    void aContainersQuotaIsTold() {
        machine().file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/cpu.max", "150000 100000");
        List<String> lines = capabilities(
                        with(MadeUpMachine.intelOfTwoSockets(root).cpu(), "amd64", 2), jvm(512, AVX_512), vector(512))
                .disagreements();
        assertEquals(
                List.of(
                        "8 logical processors, the JVM counts 2 (control group of 1.50)",
                        "the control group allows 1.50 processors' worth of time, the JVM counts 2: threads beyond that wait"),
                lines);
    }

    @Test
    void affinityIsTold() {
        MadeUpMachine.intelOfTwoSockets(root).file("proc/self/status", "A:\nCpus_allowed_list:\t0-1");
        assertEquals(
                List.of("8 logical processors, the JVM counts 2 (affinity or cpuset of 2)"),
                capabilities(with(machine().cpu(), "amd64", 2), jvm(512, AVX_512), vector(512))
                        .disagreements());
    }

    @Test
    void aLimitOfMemoryIsTold() {
        machine()
                .file("proc/meminfo", "MemTotal: 8388608 kB")
                .file("proc/self/cgroup", "0::/")
                .file("sys/fs/cgroup/memory.max", "1610612736");
        assertEquals(
                List.of("the machine has 8 GiB of memory, the control group allows 1.5 GiB"),
                capabilities(intel(), jvm(512, AVX_512), vector(512)).disagreements());
    }

    @Test
    void armIsAskedThroughTheKernelsWords() {
        machine().auxiliary(AuxVector.HWCAP, 1 << 1 | 1 << 10 | 1 << 22, AuxVector.HWCAP2, 1 << 13);
        Capabilities capabilities = capabilities(arm(), jvm(128, "UseSVE=1", "UseFMA=true"), vector(128));
        assertEquals("yes yes yes yes", row(capabilities, "ASIMD"));
        assertEquals("yes yes yes yes", row(capabilities, "FMA"));
        assertEquals("yes yes yes yes", row(capabilities, "SVE"));
        assertEquals("unknown no no no", row(capabilities, "SVE2"));
        assertEquals("unknown no no no", row(capabilities, "DotProd"));
        assertEquals("yes yes", row(capabilities, "I8MM").substring(0, 7));
        assertEquals(
                "hwcap, /proc/self/auxv", find(capabilities, "SVE").usable().source());
        assertEquals(List.of(), capabilities.disagreements());
    }

    @Test
    void armWithoutTheKernelsWordsIsAskedThroughCpuinfo() {
        Capabilities capabilities = capabilities(arm(), jvm(128, "UseSVE=0", "UseFMA=true"), vector(128));
        assertEquals("yes yes", row(capabilities, "DotProd").substring(0, 7));
        assertEquals("/proc/cpuinfo", find(capabilities, "DotProd").usable().source());
    }

    @Test
    void sveThatTheJvmLeavesIsTold() {
        machine().auxiliary(AuxVector.HWCAP, 1 << 1 | 1 << 22, AuxVector.HWCAP2, 0);
        assertEquals(
                List.of("SVE: usable, not used by the JVM (UseSVE=0, given on the command line)"),
                capabilities(arm(), jvm(128, "UseSVE=0", "UseFMA=true"), vector(128))
                        .disagreements());
    }

    @Test
    void anotherArchitectureHasNoTable() {
        Capabilities capabilities =
                capabilities(with(machine().cpu(), "riscv64", 4), jvm(128, "UseFMA=true"), vector(128));
        assertEquals(List.of(), capabilities.capabilities());
        assertTrue(capabilities.toString().contains("riscv64"));
    }

    @Test
    void aMachineThatHidesEverythingIsUnknownAndNoError() {
        Capabilities capabilities = capabilities(with(machine().cpu(), "amd64", 4), jvm(256), vector(256));
        assertEquals("unknown unknown unknown yes", row(capabilities, "SSE4.1"));
        assertTrue(capabilities.toString().contains("logical processors unknown"), capabilities::toString);
        assertTrue(capabilities.toString().contains("memory    unknown"), capabilities::toString);
    }
}
