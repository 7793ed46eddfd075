package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.SystemFiles;
import dev.rewire.kernels.internal.system.Topology;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads {@code cpu*}{@code /cache} of Linux, each cache once: a large machine has thousands of these files. */
final class CacheReader {
    /** More than any processor has. */
    private static final int MOST_INDICES = 16;

    private final SystemFiles files;

    /** Instances of each kind, which has 1 of them as a key. */
    private final Map<Cache, Integer> instances = new LinkedHashMap<>();

    private CacheReader(SystemFiles files) {
        this.files = files;
    }

    static List<Cache> read(SystemFiles files, BitSet processors) {
        CacheReader reader = new CacheReader(files);
        for (int index = 0; index < MOST_INDICES; index++) {
            BitSet seen = new BitSet();
            for (int cpu = processors.nextSetBit(0); cpu >= 0; cpu = processors.nextSetBit(cpu + 1)) {
                if (!seen.get(cpu)) {
                    seen.or(reader.count(cpu, index));
                }
            }
        }
        return reader.instances.entrySet().stream()
                .map(entry -> withInstances(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(Cache::level).thenComparing(Cache::type))
                .toList();
    }

    /** Counts a cache, and returns the processors that share it; the processor alone where there is none. */
    private BitSet count(int cpu, int index) {
        String folder = Topology.CPUS + "cpu" + cpu + "/cache/index" + index + "/";
        OptionalLong level = files.number(folder + "level");
        OptionalLong bytes = files.size(folder + "size");
        Optional<Cache.Type> type = files.text(folder + "type").flatMap(CacheReader::type);
        BitSet alone = new BitSet();
        alone.set(cpu);
        BitSet shared = files.list(folder + "shared_cpu_list").orElse(alone);
        if (level.isPresent()
                && level.getAsLong() >= 1
                && level.getAsLong() <= 9
                && bytes.isPresent()
                && type.isPresent()) {
            OptionalLong line = files.size(folder + "coherency_line_size");
            Cache cache = new Cache(
                    (int) level.getAsLong(),
                    type.get(),
                    bytes.getAsLong(),
                    line.isPresent() && line.getAsLong() <= 1 << 16
                            ? OptionalInt.of((int) line.getAsLong())
                            : OptionalInt.empty(),
                    shared.cardinality(),
                    1);
            instances.merge(cache, 1, Integer::sum);
        }
        return shared;
    }

    private static Optional<Cache.Type> type(String text) {
        return switch (text) {
            case "Data" -> Optional.of(Cache.Type.DATA);
            case "Instruction" -> Optional.of(Cache.Type.INSTRUCTION);
            case "Unified" -> Optional.of(Cache.Type.UNIFIED);
            default -> Optional.empty();
        };
    }

    private static Cache withInstances(Cache cache, int instances) {
        return new Cache(cache.level(), cache.type(), cache.bytes(), cache.lineBytes(), cache.sharedBy(), instances);
    }
}
