package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.SystemFiles;
import dev.rewire.kernels.internal.system.Topology;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the caches of Linux's processors, each once: a large machine has thousands of these files. */
final class CacheReader {
    /** More than any processor has. */
    private static final int MOST_INDICES = 16;

    private final SystemFiles files;

    /** One of each kind, and how many there are. */
    private final List<Cache> kinds = new ArrayList<>();

    private CacheReader(SystemFiles files) {
        this.files = files;
    }

    static List<Cache> read(SystemFiles files, BitSet processors) {
        CacheReader reader = new CacheReader(files);
        boolean found = true;
        for (int index = 0; found && index < MOST_INDICES; index++) {
            found = false;
            BitSet seen = new BitSet();
            for (int cpu = processors.nextSetBit(0); cpu >= 0; cpu = processors.nextSetBit(cpu + 1)) {
                if (!seen.get(cpu)) {
                    Cache cache = reader.cache(cpu, index, seen);
                    found |= cache != null;
                }
            }
        }
        return reader.kinds;
    }

    /** Counts a cache, and marks the processors that share it; null where there is none. */
    private @Nullable Cache cache(int cpu, int index, BitSet seen) {
        String folder = Topology.CPUS + "cpu" + cpu + "/cache/index" + index + "/";
        OptionalLong bytes = files.size(folder + "size");
        if (bytes.isEmpty()) {
            return null;
        }
        int level = (int) files.number(folder + "level").orElse(0);
        Cache.Type type = type(files.text(folder + "type"));
        if (level < 1 || type == null) {
            return null;
        }
        BitSet shared = files.list(folder + "shared_cpu_list");
        shared.set(cpu);
        seen.or(shared);
        long line = files.size(folder + "coherency_line_size").orElse(0);
        OptionalInt lineBytes = line > 0 && line == (int) line ? OptionalInt.of((int) line) : OptionalInt.empty();
        Cache cache = new Cache(level, type, bytes.getAsLong(), lineBytes, shared.cardinality(), 1);
        count(cache);
        return cache;
    }

    /** Kinds are in the order of their levels, data before instructions. */
    private void count(Cache cache) {
        int place = 0;
        for (int i = 0; i < kinds.size(); i++) {
            Cache kind = kinds.get(i);
            if (kind.isLike(cache)) {
                kinds.set(i, kind.withInstances(kind.instances() + 1));
                return;
            }
            if (!cache.isBefore(kind)) {
                place = i + 1;
            }
        }
        kinds.add(place, cache);
    }

    private static Cache.@Nullable Type type(String text) {
        return switch (text) {
            case "Data" -> Cache.Type.DATA;
            case "Instruction" -> Cache.Type.INSTRUCTION;
            case "Unified" -> Cache.Type.UNIFIED;
            default -> null;
        };
    }
}
