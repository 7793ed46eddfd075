package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.AuxVector;
import dev.rewire.kernels.internal.system.Cgroup;
import dev.rewire.kernels.internal.system.JvmFlags;
import dev.rewire.kernels.internal.system.SystemFiles;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory.
 *
 * @param total bytes of the machine
 * @param available bytes that programs could still get when this was read, as the system estimates; empty if unknown
 * @param limit bytes that the control group of this process allows; empty if there is no limit
 * @param heapLimit bytes that the JVM's heap may grow to; Rewire's matrices are outside of it
 * @param pageSize bytes of a page
 * @param hugePages what there is beside pages of that size
 * @param source where this comes from
 */
public record Memory(
        OptionalLong total,
        OptionalLong available,
        OptionalLong limit,
        long heapLimit,
        OptionalLong pageSize,
        HugePages hugePages,
        String source) {
    private static final Pattern CHOSEN = Pattern.compile("\\[([a-z+]+)]");

    /**
     * Huge pages.
     *
     * @param bytes of one; empty if unknown
     * @param transparent when the system gives them unasked: {@code always}, {@code madvise} (to a program that asks for each region, which a
     *     JVM does under {@code -XX:+UseTransparentHugePages} for its heap), {@code never}, {@value Cpu#UNKNOWN}
     * @param reserved pages that the system sets aside for programs that ask; empty if unknown
     */
    public record HugePages(OptionalLong bytes, String transparent, OptionalLong reserved) {}

    static Memory read(SystemFiles files, JvmFlags jvm) {
        String info = files.text("proc/meminfo");
        OptionalLong total = kibibytes(info, "MemTotal");
        Matcher chosen = CHOSEN.matcher(files.text("sys/kernel/mm/transparent_hugepage/enabled"));
        return new Memory(
                total.isPresent() ? total : jvm.physicalMemory(),
                kibibytes(info, "MemAvailable"),
                Cgroup.read(files).memoryBytes(),
                Runtime.getRuntime().maxMemory(),
                AuxVector.read(files).value(AuxVector.PAGE_SIZE),
                new HugePages(
                        kibibytes(info, "Hugepagesize"),
                        chosen.find() ? chosen.group(1) : Cpu.UNKNOWN,
                        number(info, "HugePages_Total")),
                total.isPresent() ? "/proc/meminfo" : "the JVM: no /proc/meminfo here");
    }

    /**
     * What this process may count on.
     *
     * @return bytes: what is available, or where that is unknown the JVM's heap limit, and no more than the limit
     */
    public long usable() {
        return Math.min(available.orElse(heapLimit), limit.orElse(Long.MAX_VALUE));
    }

    private static OptionalLong kibibytes(String info, String key) {
        OptionalLong number = number(info, key);
        return number.isPresent() ? OptionalLong.of(number.getAsLong() << 10) : number;
    }

    private static OptionalLong number(String info, String key) {
        // So many digits fit a long, in KiB, too.
        Matcher line = Pattern.compile("(?m)^" + key + ":\\s+(\\d{1,15})\\b").matcher(info);
        return line.find() ? OptionalLong.of(Long.parseLong(line.group(1))) : OptionalLong.empty();
    }
}
