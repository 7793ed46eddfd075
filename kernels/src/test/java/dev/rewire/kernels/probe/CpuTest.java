package dev.rewire.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processors as the files of other machines describe them. */
class CpuTest {
    @TempDir
    private Path root;

    @Test
    void threadsOfACoreCountAsOneCore() {
        Cpu cpu = MadeUpMachine.intelOfTwoSockets(root).cpu();
        assertEquals(OptionalInt.of(8), cpu.logical());
        assertEquals(OptionalInt.of(4), cpu.physical());
        assertEquals(OptionalInt.of(2), cpu.sockets());
        assertEquals(OptionalInt.of(2), cpu.numaNodes());
        assertEquals(OptionalInt.of(8), cpu.allowed());
    }

    @Test
    void modelVendorAndFeaturesAreThoseOfTheFirstProcessor() {
        Cpu cpu = MadeUpMachine.intelOfTwoSockets(root).cpu();
        assertEquals("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz", cpu.model());
        assertEquals("GenuineIntel", cpu.vendor());
        assertEquals(11, cpu.features().size());
        assertEquals("avx512_vnni", cpu.features().get(10));
    }

    @Test
    void eachCacheIsCountedOnce() {
        OptionalInt line = OptionalInt.of(64);
        assertEquals(
                List.of(
                        new Cache(1, Cache.Type.DATA, 32 << 10, line, 2, 4),
                        new Cache(1, Cache.Type.INSTRUCTION, 32 << 10, line, 2, 4),
                        new Cache(2, Cache.Type.UNIFIED, 1 << 20, line, 2, 4),
                        new Cache(3, Cache.Type.UNIFIED, 28160 << 10, line, 4, 2)),
                MadeUpMachine.intelOfTwoSockets(root).cpu().caches());
    }

    @Test
    void onlyProcessorsThatAreSwitchedOnCount() {
        Cpu cpu = MadeUpMachine.intelOfTwoSockets(root).online("0-3").cpu();
        assertEquals(OptionalInt.of(4), cpu.logical());
        assertEquals(OptionalInt.of(4), cpu.physical());
    }

    @Test
    void theOlderNameOfSiblingsIsRead() {
        MadeUpMachine machine = new MadeUpMachine(root).online("0-1");
        for (int cpu = 0; cpu < 2; cpu++) {
            machine.file("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list", "0-1");
        }
        assertEquals(OptionalInt.of(1), machine.cpu().physical());
    }

    @Test
    void coresOfTwoKindsAreBothNamed() {
        Cpu cpu = MadeUpMachine.armOfTwoKinds(root).cpu();
        assertEquals("Cortex-A55 + Cortex-A76", cpu.model());
        assertEquals("ARM", cpu.vendor());
        assertEquals(List.of("fp", "asimd", "fphp", "asimdhp", "asimddp"), cpu.features());
    }

    @Test
    void cachesOfTwoKindsAreBothListed() {
        List<Cache> caches = MadeUpMachine.armOfTwoKinds(root).cpu().caches();
        assertEquals(
                List.of(
                        "L1d 32768 4",
                        "L1d 65536 2",
                        "L1i 32768 4",
                        "L1i 65536 2",
                        "L2 131072 4",
                        "L2 524288 2",
                        "L3 2097152 1"),
                caches.stream()
                        .map(cache -> cache.name() + " " + cache.bytes() + " " + cache.instances())
                        .toList());
    }

    @Test
    void tilesFitTheSmallestCore() {
        Cpu cpu = MadeUpMachine.armOfTwoKinds(root).cpu();
        assertEquals(OptionalLong.of(32 << 10), cpu.l1DataBytes());
        assertEquals(OptionalLong.of(128 << 10), cpu.l2Bytes());
    }

    @Test
    void aCoreOfUnknownMakeIsNamedByItsNumbers() {
        MadeUpMachine machine =
                new MadeUpMachine(root).file("proc/cpuinfo", "processor : 0\nCPU implementer : 0x77\nCPU part : 0x123");
        assertEquals("implementer 0x77 part 0x123", machine.cpu().model());
    }

    @ParameterizedTest
    @CsvSource({"150000 100000, 1.5", "400000 100000, 4", "50000 100000, 0.5"})
    void theQuotaOfAContainerIsProcessorsOfTime(String max, double processors) {
        MadeUpMachine machine =
                new MadeUpMachine(root).file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/cpu.max", max);
        assertEquals(OptionalDouble.of(processors), machine.cpu().quota());
    }

    @Test
    void theTightestGroupAboveCounts() {
        MadeUpMachine machine = new MadeUpMachine(root)
                .file("proc/self/cgroup", "0::/a.slice/b.scope")
                .file("sys/fs/cgroup/a.slice/b.scope/cpu.max", "300000 100000")
                .file("sys/fs/cgroup/a.slice/cpu.max", "200000 100000")
                .file("sys/fs/cgroup/cpu.max", "max 100000");
        assertEquals(OptionalDouble.of(2), machine.cpu().quota());
    }

    @Test
    void theFirstVersionOfControlGroupsIsRead() {
        MadeUpMachine machine = new MadeUpMachine(root)
                .file("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n0::/")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000")
                .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
        assertEquals(OptionalDouble.of(2.5), machine.cpu().quota());
    }

    @ParameterizedTest
    @ValueSource(strings = {"max 100000", "max", "", "100000", "0 0", "-1 100000", "1e400 x", "\u0000\u0001"})
    void noQuotaIsNone(String max) {
        MadeUpMachine machine =
                new MadeUpMachine(root).file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/cpu.max", max);
        assertEquals(OptionalDouble.empty(), machine.cpu().quota());
    }

    @Test
    void affinityIsWhatTheKernelAllows() {
        MadeUpMachine machine = MadeUpMachine.intelOfTwoSockets(root)
                .file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t1,5\nX:\t0");
        assertEquals(OptionalInt.of(2), machine.cpu().allowed());
    }

    @Test
    void withoutFilesOnlyTheJvmIsLeft() {
        assertUnknown(new MadeUpMachine(root).cpu());
    }

    @Test
    void unreadableFilesAreAsIfAbsent() {
        MadeUpMachine machine = new MadeUpMachine(root);
        for (String path :
                List.of("proc/cpuinfo", "proc/self/status", "proc/self/cgroup", "sys/devices/system/cpu/online")) {
            machine.unreadable(path);
        }
        assertUnknown(machine.cpu());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "-",
                "1-",
                "3-1",
                "-1",
                "0-99999999999999999999",
                "0-70000",
                "1,,2",
                "\u0000",
                "0x1",
                "٣"
            })
    void garbageInListsIsAsIfAbsent(String garbage) {
        Cpu cpu = new MadeUpMachine(root)
                .online(garbage)
                .file("sys/devices/system/node/online", garbage)
                .file("proc/self/status", "A:\nCpus_allowed_list:\t" + garbage)
                .file("proc/cpuinfo", garbage)
                .cpu();
        assertUnknown(cpu);
    }

    private static void assertUnknown(Cpu cpu) {
        assertEquals(Cpu.UNKNOWN, cpu.model());
        assertEquals(Cpu.UNKNOWN, cpu.vendor());
        assertEquals(OptionalInt.empty(), cpu.logical());
        assertEquals(OptionalInt.empty(), cpu.physical());
        assertEquals(OptionalInt.empty(), cpu.numaNodes());
        assertEquals(OptionalInt.empty(), cpu.allowed());
        assertEquals(List.of(), cpu.features());
        assertEquals(List.of(), cpu.caches());
        assertEquals(OptionalLong.empty(), cpu.l1DataBytes());
        assertEquals(Runtime.getRuntime().availableProcessors(), cpu.available());
        assertEquals("the JVM alone: no /proc/cpuinfo here", cpu.source());
    }

    @ParameterizedTest
    @CsvSource({"size, 0K", "size, -32K", "size, 99999999999G", "size, K", "level, zwei", "level, 0", "type, Trace"})
    void aCacheWithGarbageIsLeftOut(String file, String garbage) {
        MadeUpMachine machine = new MadeUpMachine(root)
                .online("0")
                .cache(0, 0, 1, "Data", "48K", "0")
                .cache(0, 1, 2, "Unified", "2M", "0")
                .file("sys/devices/system/cpu/cpu0/cache/index0/" + file, garbage);
        assertEquals(
                List.of("L2"), machine.cpu().caches().stream().map(Cache::name).toList());
    }

    @Test
    void threadsBeyondTheProcessorsAreTold() {
        Cpu cpu = MadeUpMachine.intelOfTwoSockets(root).cpu();
        int available = Runtime.getRuntime().availableProcessors();
        assertEquals(true, cpu.tooFewFor(available).isEmpty());
        assertEquals(
                (available + 1) + " threads were asked for, the JVM counts " + available,
                cpu.tooFewFor(available + 1).orElse("").replaceAll(" processors?$", ""));
    }
}
