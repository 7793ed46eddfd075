package dev.rewire.kernels.internal.system;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What the kernel hands to a process as it starts: the pairs that {@code getauxval} looks up, from {@code /proc/self/auxv}. */
public final class AuxVector {
    /** Bytes of a page of memory. */
    public static final long PAGE_SIZE = 6;

    /** Bits of what the processor can do; on aarch64 they say all. */
    public static final long HWCAP = 16;

    /** More of them. */
    public static final long HWCAP2 = 26;

    private final Map<Long, Long> values = new HashMap<>();

    private AuxVector() {}

    /**
     * Reads the file.
     *
     * @param files of the machine
     * @return what it says; nothing where there is none, or in a JVM of 32 bits
     */
    public static AuxVector read(SystemFiles files) {
        AuxVector vector = new AuxVector();
        ByteBuffer words = ByteBuffer.wrap(files.bytes("proc/self/auxv")).order(ByteOrder.nativeOrder());
        while (words.remaining() >= 2 * Long.BYTES) {
            long type = words.getLong();
            long value = words.getLong();
            if (type == 0) {
                break;
            }
            vector.values.put(type, value);
        }
        return vector;
    }

    /**
     * A value.
     *
     * @param type one of the constants of this class
     * @return the value, empty if the kernel gave none
     */
    public OptionalLong value(long type) {
        Long value = values.get(type);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
