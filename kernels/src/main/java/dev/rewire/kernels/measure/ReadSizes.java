package dev.rewire.kernels.measure;

import dev.rewire.kernels.probe.Cache;
import dev.rewire.kernels.probe.Cpu;
import java.util.ArrayList;
import java.util.List;

/**
 * The caches that a measurement reads from; 0 is one that there is not, or that nothing is known of, and it is not measured.
 *
 * @param l1 bytes of a core's first-level data cache
 * @param l2 bytes of a core's second-level cache
 * @param l3 bytes of one third-level cache
 * @param l3Count how many third-level caches the processors share that this JVM may use, at least 1
 */
record ReadSizes(long l1, long l2, long l3, int l3Count) {
    private static final long MIB = 1L << 20;
    private static final long LEAST_MEMORY = 64 * MIB;
    private static final long MOST_MEMORY = 1024 * MIB;

    /** Of what the caches hold: less would be read from there in part. */
    private static final int MEMORY_OVER_CACHES = 4;

    /** Of the memory that is free. */
    private static final int MOST_OF_FREE = 4;

    /** Checks the numbers. */
    public ReadSizes {
        if (l1 < 0 || l2 < 0 || l3 < 0) {
            throw new IllegalArgumentException(
                    "l1 = " + l1 + ", l2 = " + l2 + ", l3 = " + l3 + ": accepted are bytes, or 0 for none");
        }
        if (l3Count < 1) {
            throw new IllegalArgumentException("l3Count = " + l3Count + ": accepted is at least 1");
        }
    }

    /** Those of a machine. */
    static ReadSizes of(Cpu cpu) {
        Cache last = cpu.caches().stream()
                .filter(cache -> cache.level() == 3)
                .findFirst()
                .orElse(null);
        return new ReadSizes(
                cpu.l1DataBytes().orElse(0),
                cpu.l2Bytes().orElse(0),
                last == null ? 0 : last.bytes(),
                last == null ? 1 : Math.clamp(cpu.available(), 1, Math.max(1, last.instances())));
    }

    /**
     * What is read to measure a level.
     *
     * @param level {@code L1}, {@code L2}, {@code L3} or {@code memory}
     * @param core bytes that one thread reads when it is alone
     * @param each bytes of each thread when all read
     */
    record Buffer(String level, long core, long each) {}

    /**
     * Half of the first and of the second level; of the third, half of a thread's share, or a second level more than that where half is not
     * twice a second level; of memory four times what all caches hold, from 64 MiB to 1 GiB.
     *
     * @param threads how many read at once
     * @param freeMemory bytes, of which a quarter is used at most; memory is left out if that is less than two times the caches
     */
    List<Buffer> buffers(int threads, long freeMemory) {
        List<Buffer> buffers = new ArrayList<>();
        if (l1 > 0) {
            buffers.add(new Buffer("L1", l1 / 2, l1 / 2));
        }
        if (l2 > 0) {
            buffers.add(new Buffer("L2", l2 / 2, l2 / 2));
        }
        int l3Used = Math.min(threads, l3Count);
        if (l3 > 0) {
            long half = l3 / 2 / ((threads + l3Used - 1) / l3Used);
            long share = half >= 2 * l2 ? half : half + l2;
            buffers.add(new Buffer("L3", share, share));
        }
        long caches = l3Used * l3 + threads * (l2 + l1);
        long memory =
                Math.min(Math.clamp(MEMORY_OVER_CACHES * caches, LEAST_MEMORY, MOST_MEMORY), freeMemory / MOST_OF_FREE);
        if (memory >= 2 * caches && memory / threads > 0) {
            buffers.add(new Buffer("memory", memory, memory / threads));
        }
        return buffers;
    }
}
