package dev.rewire.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.internal.system.AuxVector;
import dev.rewire.kernels.internal.system.JvmFlags;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory as the files of other machines describe it. */
class MemoryTest {
    private static final JvmFlags JVM = new JvmFlags(Map.of(), List.of(), OptionalLong.of(123 << 20), Optional.empty());

    @TempDir
    private Path root;

    @Test
    void sizesAreBytes() {
        Memory memory = Memory.read(
                new MadeUpMachine(root)
                        .file("proc/meminfo", "MemTotal:  1056000000 kB\nHugePages_Total:  512\nHugepagesize:  2048 kB")
                        .auxiliary(AuxVector.PAGE_SIZE, 65536)
                        .files(),
                JVM);
        assertEquals(OptionalLong.of(1056000000L << 10), memory.total());
        assertEquals(OptionalLong.of(65536), memory.pageSize());
        assertEquals(OptionalLong.of(2 << 20), memory.hugePages().bytes());
        assertEquals(OptionalLong.of(512), memory.hugePages().reserved());
    }

    @ParameterizedTest
    @CsvSource({
        "always [madvise] never, madvise",
        "[always] madvise never, always",
        "[never], never",
        "nonsense, unknown"
    })
    void theChosenPolicyOfHugePagesIsRead(String text, String policy) {
        MadeUpMachine machine = new MadeUpMachine(root).file("sys/kernel/mm/transparent_hugepage/enabled", text);
        assertEquals(policy, Memory.read(machine.files(), JVM).hugePages().transparent());
    }

    @Test
    void theLimitOfTheGroupIsRead() {
        MadeUpMachine machine =
                new MadeUpMachine(root).file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/memory.max", "536870912");
        assertEquals(
                OptionalLong.of(512 << 20), Memory.read(machine.files(), JVM).limit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854771712", "-1", "lots"})
    void noLimitOfTheFirstVersionIsNone(String limit) {
        MadeUpMachine machine = new MadeUpMachine(root)
                .file("proc/self/cgroup", "4:memory:/x")
                .file("sys/fs/cgroup/memory/x/memory.limit_in_bytes", limit);
        assertEquals(OptionalLong.empty(), Memory.read(machine.files(), JVM).limit());
    }

    @Test
    void withoutFilesTheJvmIsAsked() {
        Memory memory = Memory.read(new MadeUpMachine(root).files(), JVM);
        assertEquals(OptionalLong.of(123 << 20), memory.total());
        assertEquals(OptionalLong.empty(), memory.pageSize());
        assertEquals("the JVM: no /proc/meminfo here", memory.source());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MemTotal: many kB", "MemTotal: 99999999999999999999 kB", "MemTotal", "\u0000\u00ff"})
    void garbageIsAsIfAbsent(String garbage) {
        MadeUpMachine machine =
                new MadeUpMachine(root).file("proc/meminfo", garbage).file("proc/self/auxv", new byte[] {6, 0, 0});
        Memory memory = Memory.read(machine.files(), JVM);
        assertEquals(OptionalLong.of(123 << 20), memory.total());
        assertEquals(OptionalLong.empty(), memory.pageSize());
    }
}
