package dev.rewire.kernels.internal.system;

import java.util.BitSet;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many processors there are, from {@code /sys/devices/system}.
 *
 * @param online the logical processors that are switched on; empty if unknown
 * @param cores cores that they belong to
 * @param sockets packages that these are in
 * @param numaNodes nodes of memory
 * @param allowed logical processors that this process may run on
 */
public record Topology(
        BitSet online, OptionalInt cores, OptionalInt sockets, OptionalInt numaNodes, OptionalInt allowed) {
    /** The folder of the processors. */
    public static final String CPUS = "sys/devices/system/cpu/";

    private static final String ALLOWED = "\nCpus_allowed_list:";

    /**
     * Reads the files.
     *
     * @param files of the machine
     * @return what they say
     */
    public static Topology read(SystemFiles files) {
        BitSet online = files.list(CPUS + "online");
        BitSet counted = new BitSet();
        Set<Long> packages = new HashSet<>();
        int cores = 0;
        for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
            if (counted.get(cpu)) {
                continue;
            }
            String folder = CPUS + "cpu" + cpu + "/topology/";
            BitSet core = files.list(folder + "core_cpus_list");
            if (core.isEmpty()) {
                // The older name.
                core = files.list(folder + "thread_siblings_list");
            }
            if (core.isEmpty()) {
                return new Topology(online, OptionalInt.empty(), OptionalInt.empty(), nodes(files), allowed(files));
            }
            counted.or(core);
            cores++;
            OptionalLong socket = files.number(folder + "physical_package_id");
            if (socket.isPresent()) {
                packages.add(socket.getAsLong());
            }
        }
        return new Topology(online, positive(cores), positive(packages.size()), nodes(files), allowed(files));
    }

    private static OptionalInt positive(int count) {
        return count > 0 ? OptionalInt.of(count) : OptionalInt.empty();
    }

    private static OptionalInt nodes(SystemFiles files) {
        return positive(files.list("sys/devices/system/node/online").cardinality());
    }

    private static OptionalInt allowed(SystemFiles files) {
        String status = files.text("proc/self/status");
        int at = status.indexOf(ALLOWED);
        if (at < 0) {
            return OptionalInt.empty();
        }
        int from = at + ALLOWED.length();
        int to = status.indexOf('\n', from);
        return positive(SystemFiles.parseList(status.substring(from, to < 0 ? status.length() : to))
                .cardinality());
    }
}
