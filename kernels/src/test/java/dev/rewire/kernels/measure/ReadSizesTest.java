package dev.rewire.kernels.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.measure.ReadSizes.Buffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ReadSizesTest {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    @Test
    void halfOfEachCacheAndFourTimesAllOfThem() {
        ReadSizes caches = new ReadSizes(32 * KIB, MIB, 32 * MIB, 1);
        assertEquals(
                List.of(
                        new Buffer("L1", 16 * KIB, 16 * KIB),
                        new Buffer("L2", 512 * KIB, 512 * KIB),
                        new Buffer("L3", 8 * MIB, 8 * MIB),
                        new Buffer("memory", 4 * (34 * MIB + 64 * KIB), 2 * (34 * MIB + 64 * KIB))),
                caches.buffers(2, 64L << 30));
    }

    @Test
    void threadsShareTheThirdLevelsEvenly() {
        ReadSizes caches = new ReadSizes(32 * KIB, MIB, 32 * MIB, 2);
        assertEquals(
                new Buffer("L3", 4 * MIB, 4 * MIB), caches.buffers(8, 64L << 30).get(2));
        assertEquals(
                new Buffer("L3", 16 * MIB, 16 * MIB),
                caches.buffers(2, 64L << 30).get(2));
    }

    @Test
    void aThirdLevelNoLargerThanTheSecondIsReadBehindIt() {
        ReadSizes caches = new ReadSizes(48 * KIB, 2 * MIB, 30 * MIB, 1);
        long share = 2 * MIB + 30 * MIB / 2 / 16;
        assertEquals(
                new Buffer("L3", share, share), caches.buffers(16, 64L << 30).get(2));
    }

    @Test
    void whatIsUnknownIsLeftOut() {
        List<Buffer> buffers = new ReadSizes(0, 0, 0, 1).buffers(4, 64L << 30);
        assertEquals(List.of(new Buffer("memory", 64 * MIB, 16 * MIB)), buffers);
    }

    @Test
    void memoryThatIsShortIsNotMeasured() {
        ReadSizes caches = new ReadSizes(32 * KIB, MIB, 32 * MIB, 1);
        assertEquals("L3", caches.buffers(1, 200 * MIB).getLast().level());
        assertEquals(
                new Buffer("memory", 75 * MIB, 75 * MIB),
                caches.buffers(1, 300 * MIB).getLast());
    }

    @Property
    void noBufferTakesMoreThanAQuarterOfWhatIsFreeOrAGibibyte(
            @ForAll @LongRange(max = 1L << 22) long l2,
            @ForAll @LongRange(max = 1L << 30) long l3,
            @ForAll @IntRange(min = 1, max = 64) int l3Count,
            @ForAll @IntRange(min = 1, max = 512) int threads,
            @ForAll @LongRange(max = 1L << 40) long free) {
        for (Buffer buffer : new ReadSizes(0, l2, l3, l3Count).buffers(threads, free)) {
            if (buffer.level().equals("memory")) {
                assertTrue(buffer.core() <= free / 4 && buffer.core() <= 1L << 30, buffer.toString());
                assertTrue(threads * buffer.each() <= buffer.core(), buffer.toString());
            }
        }
    }

    @Test
    void negativeSizesAreRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> new ReadSizes(-1, 0, 0, 1))
                .getMessage();
        assertEquals("l1 = -1, l2 = 0, l3 = 0: accepted are bytes, or 0 for none", message);
    }
}
