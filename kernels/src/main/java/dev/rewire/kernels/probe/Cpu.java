package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.Cgroup;
import dev.rewire.kernels.internal.system.CpuInfo;
import dev.rewire.kernels.internal.system.SystemFiles;
import dev.rewire.kernels.internal.system.Topology;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The processors. On Linux from its files; elsewhere only what the JVM knows.
 *
 * @param model name of the model, {@value #UNKNOWN} if it is hidden
 * @param vendor who made it, as x86 processors say it themselves; {@value #UNKNOWN} if it is hidden
 * @param architecture as Java names it: {@code amd64}, {@code aarch64}
 * @param logical logical processors that the system has switched on
 * @param physical cores that these belong to
 * @param sockets packages that these are in
 * @param numaNodes nodes of memory
 * @param allowed logical processors that this process may run on, by its affinity or cpuset
 * @param quota processors' worth of time that its control group allows; empty if there is no limit
 * @param available processors that the JVM counts
 * @param features what the processor can do and the system allows, by the names that {@code lscpu} prints; empty if unknown
 * @param caches each kind, the nearest first; empty if unknown
 * @param source where this comes from
 */
public record Cpu(
        String model,
        String vendor,
        String architecture,
        OptionalInt logical,
        OptionalInt physical,
        OptionalInt sockets,
        OptionalInt numaNodes,
        OptionalInt allowed,
        OptionalDouble quota,
        int available,
        List<String> features,
        List<Cache> caches,
        String source) {
    /** A text that is not known. */
    public static final String UNKNOWN = "unknown";

    private static final class Holder {
        private static final Cpu CURRENT = read(SystemFiles.ofMachine());
    }

    /** Copies the lists. */
    public Cpu {
        features = List.copyOf(features);
        caches = List.copyOf(caches);
    }

    /**
     * Those of this machine, read at the first call: some 15 ms in a JVM that has just started. Asks no other part of Rewire.
     *
     * @return the processors
     */
    public static Cpu current() {
        return Holder.CURRENT;
    }

    static Cpu read(SystemFiles files) {
        CpuInfo info = CpuInfo.read(files);
        Topology topology = Topology.read(files);
        BitSet online = topology.online();
        int logical = online.isEmpty() ? info.processors() : online.cardinality();
        boolean known = logical > 0 || !info.features().isEmpty();
        return new Cpu(
                orUnknown(info.model()),
                orUnknown(info.vendor()),
                System.getProperty("os.arch", UNKNOWN),
                logical > 0 ? OptionalInt.of(logical) : OptionalInt.empty(),
                topology.cores(),
                topology.sockets(),
                topology.numaNodes(),
                topology.allowed(),
                Cgroup.read(files).processors(),
                Runtime.getRuntime().availableProcessors(),
                info.features(),
                CacheReader.read(files, online),
                known ? "/proc/cpuinfo and /sys/devices/system" : "the JVM alone: no /proc/cpuinfo here");
    }

    private static String orUnknown(String text) {
        return text.isEmpty() ? UNKNOWN : text;
    }

    /**
     * The nearest cache of data: what the operands of one tile should stay in. Of cores of several kinds the smallest counts.
     *
     * @return its bytes, empty if unknown
     */
    public OptionalLong l1DataBytes() {
        return smallest(1);
    }

    /**
     * The second cache. Logical processors may share it, as {@link Cache#sharedBy} says. Of cores of several kinds the smallest counts.
     *
     * @return its bytes, empty if unknown
     */
    public OptionalLong l2Bytes() {
        return smallest(2);
    }

    private OptionalLong smallest(int level) {
        OptionalLong bytes = OptionalLong.empty();
        for (Cache cache : caches) {
            if (cache.level() == level && cache.holdsData() && cache.bytes() < bytes.orElse(Long.MAX_VALUE)) {
                bytes = OptionalLong.of(cache.bytes());
            }
        }
        return bytes;
    }

    /**
     * Whether threads would wait for each other.
     *
     * @param threads that are to compute at a time
     * @return a line that says so, if there are more of them than processors for this JVM
     */
    public Optional<String> tooFewFor(int threads) {
        return threads <= available
                ? Optional.empty()
                : Optional.of(threads + " threads were asked for, the JVM counts " + available
                        + (available == 1 ? " processor" : " processors"));
    }

    /** Whether this is an x86 processor of 64 bits. */
    boolean isX86() {
        return architecture.equals("amd64") || architecture.equals("x86_64");
    }

    /** Whether this is an ARM processor of 64 bits. */
    boolean isArm() {
        return architecture.equals("aarch64");
    }
}
