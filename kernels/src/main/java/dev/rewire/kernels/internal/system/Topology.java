package dev.rewire.kernels.internal.system;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
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

    /**
     * Reads the files.
     *
     * @param files of the machine
     * @return what they say
     */
    public static Topology read(SystemFiles files) {
        BitSet online = files.list(CPUS + "online").orElseGet(BitSet::new);
        BitSet counted = new BitSet();
        Set<Long> packages = new HashSet<>();
        int cores = 0;
        for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
            if (counted.get(cpu)) {
                continue;
            }
            String folder = CPUS + "cpu" + cpu + "/topology/";
            // The former is the newer name.
            Optional<BitSet> core =
                    files.list(folder + "core_cpus_list").or(() -> files.list(folder + "thread_siblings_list"));
            if (core.isEmpty()) {
                return new Topology(online, OptionalInt.empty(), OptionalInt.empty(), nodes(files), allowed(files));
            }
            counted.or(core.get());
            cores++;
            OptionalLong socket = files.number(folder + "physical_package_id");
            socket.ifPresent(packages::add);
        }
        return new Topology(online, positive(cores), positive(packages.size()), nodes(files), allowed(files));
    }

    private static OptionalInt positive(int count) {
        return count > 0 ? OptionalInt.of(count) : OptionalInt.empty();
    }

    private static OptionalInt nodes(SystemFiles files) {
        return positive(files.list("sys/devices/system/node/online")
                .map(BitSet::cardinality)
                .orElse(0));
    }

    private static OptionalInt allowed(SystemFiles files) {
        String key = "Cpus_allowed_list:";
        return files.text("proc/self/status")
                .flatMap(text ->
                        text.lines().filter(line -> line.startsWith(key)).findFirst())
                .flatMap(line -> SystemFiles.parseList(line.substring(key.length())))
                .map(list -> OptionalInt.of(list.cardinality()))
                .orElse(OptionalInt.empty());
    }
}
