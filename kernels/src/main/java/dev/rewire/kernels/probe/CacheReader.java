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

    private static final String LEVELS = "12345";

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
                found |= !seen.get(cpu) && reader.cache(cpu, index, seen);
            }
        }
        return reader.kinds;
    }

    /** Counts a cache, if it is one, and marks the processors that share it; returns whether there are files of it. */
    private boolean cache(int cpu, int index, BitSet seen) {
        String folder = Topology.CPUS + "cpu" + cpu + "/cache/index" + index + "/";
        String level = files.text(folder + "level");
        if (level.isEmpty()) {
            return false;
        }
        OptionalLong bytes = files.size(folder + "size");
        Cache.Type type = type(files.text(folder + "type"));
        int levelNumber = LEVELS.indexOf(level) + 1;
        if (levelNumber == 0 || level.length() > 1 || type == null || bytes.isEmpty()) {
            return true;
        }
        BitSet shared = files.list(folder + "shared_cpu_list");
        shared.set(cpu);
        seen.or(shared);
        long line = files.size(folder + "coherency_line_size").orElse(0);
        OptionalInt lineBytes = line > 0 && line == (int) line ? OptionalInt.of((int) line) : OptionalInt.empty();
        count(new Cache(levelNumber, type, bytes.getAsLong(), lineBytes, shared.cardinality(), 1));
        return true;
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
