package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a file holds, its header is that of a valid file or gives the documented exception, within modest memory. */
class SafetensorsFuzzTest {
    /** The files are shorter than 4 KiB; a belief in a length of theirs would need more. */
    private static final long MOST_BYTES = 1 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<DType> TYPES = List.of(DType.values());

    private static final String[] INSERTED = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u0041",
        "\\ud800",
        "-",
        "0",
        "9",
        "1e3",
        ".5",
        "null",
        "true",
        "99999999999999999999",
        "9223372036854775807",
        "4294967296",
        "__metadata__",
        "dtype",
        "shape",
        "data_offsets",
        "F64",
        "F4",
        " ",
        "\n",
        "\0",
        "ÿ",
        "x"
    };

    @Property(tries = 1000)
    void whatTheWriterWroteIsRead(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, byte[]> tensors = new LinkedHashMap<>();
        byte[] file = draw(random, tensors);
        SafetensorsHeader header = read(file);
        assertEquals(tensors.keySet(), header.entries().keySet());
        assertEquals(0, header.dataStart() % 8);
        header.entries().forEach((name, entry) -> {
            int start = (int) header.dataStart();
            assertArrayEquals(
                    tensors.get(name),
                    Arrays.copyOfRange(file, start + (int) entry.begin(), start + (int) entry.end()));
            assertEquals(
                    0,
                    entry.begin()
                            * Byte.SIZE
                            % Math.max(Byte.SIZE, entry.dtype().bits()),
                    name);
        });
    }

    @Property(tries = 3000)
    void changedBytes(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int mutations) throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        byte[] file = draw(random, new LinkedHashMap<>());
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(file.length);
            file[at] = random.nextBoolean() ? (byte) (file[at] ^ 1 << random.nextInt(8)) : (byte) random.nextInt();
        }
        check(file);
    }

    @Property(tries = 3000)
    void changedHeaderOfTheRightLength(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int mutations)
            throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        byte[] file = draw(random, new LinkedHashMap<>());
        int start = (int) read(file).dataStart();
        StringBuilder header =
                new StringBuilder(new String(file, Long.BYTES, start - Long.BYTES, StandardCharsets.ISO_8859_1));
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(header.length() + 1);
            int end = Math.min(header.length(), at + 1 + random.nextInt(4));
            switch (random.nextInt(4)) {
                case 0 -> header.insert(at, INSERTED[random.nextInt(INSERTED.length)]);
                case 1 -> header.delete(at, end);
                case 2 -> header.insert(at, header.substring(at, end));
                default -> header.replace(at, end, INSERTED[random.nextInt(INSERTED.length)]);
            }
        }
        byte[] changed =
                SafetensorsTest.headed(header.toString().getBytes(StandardCharsets.ISO_8859_1), file.length - start);
        check(changed);
    }

    @Property(tries = 1000)
    void aLieAboutTheLengthOfTheHeader(@ForAll long seed, @ForAll long length) throws IOException {
        byte[] file = draw(new SplittableRandom(seed), new LinkedHashMap<>());
        check(withLength(file, length));
        check(withLength(file, Math.floorMod(length, 2L * file.length)));
    }

    @Property(tries = 50)
    void everyTruncationIsRefused(@ForAll long seed) throws IOException {
        byte[] file = draw(new SplittableRandom(seed), new LinkedHashMap<>());
        for (int length = 0; length < file.length; length++) {
            assertFalse(check(Arrays.copyOf(file, length)), "of " + file.length + " bytes " + length);
        }
    }

    @Property(tries = 1000)
    void anyBytes(@ForAll @Size(max = 400) byte[] bytes) throws IOException {
        check(bytes);
        check(SafetensorsTest.headed(bytes, 0));
    }

    private static byte[] withLength(byte[] file, long length) {
        byte[] copy = file.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return copy;
    }

    /** A valid file, and its tensors in the order of their data. */
    private static byte[] draw(RandomGenerator random, Map<String, byte[]> tensors) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        Map<String, byte[]> added = new LinkedHashMap<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            DType dtype = TYPES.get(random.nextInt(TYPES.size()));
            long[] shape = random.ints(random.nextInt(4), 0, 5).asLongStream().toArray();
            if (dtype.bits() % Byte.SIZE != 0) {
                shape = Arrays.copyOf(shape, shape.length + 1);
                shape[shape.length - 1] = 4; // whole bytes
            }
            byte[] data = new byte[(int) dtype.bytes(shape)];
            random.nextBytes(data);
            String name = "layer." + i + (random.nextBoolean() ? ".é\"\\" : ".weight");
            writer.add(name, dtype, shape, MemorySegment.ofArray(data));
            added.put(name, data);
        }
        if (random.nextBoolean()) {
            writer.addMetadata("format", "pt");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.write(Channels.newChannel(bytes));
        read(bytes.toByteArray()).entries().keySet().forEach(name -> tensors.put(name, added.remove(name)));
        assertTrue(added.isEmpty());
        return bytes.toByteArray();
    }

    private static SafetensorsHeader read(byte[] file) throws IOException {
        return SafetensorsHeader.read(
                Channels.newChannel(new ByteArrayInputStream(file)), file.length, "a.safetensors");
    }

    /** Whether a file was accepted. */
    private static boolean check(byte[] file) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        SafetensorsHeader header;
        try {
            header = read(file);
        } catch (MatrixFileException e) {
            assertEquals("a.safetensors", e.file());
            assertTrue(e.offset() >= 0 && e.offset() <= file.length, e::getMessage);
            assertFalse(e.getMessage().contains("\n"), e::getMessage);
            assertTrue(e.getMessage().length() < 400, e::getMessage);
            return false;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes for a file of " + file.length);
        }
        // What was accepted is a file in every respect: its data are the rest of it, in order, of the right sizes.
        long end = header.dataStart();
        for (SafetensorsHeader.Entry entry : header.entries().values()) {
            assertEquals(end, header.dataStart() + entry.begin());
            assertEquals(entry.dtype().bytes(entry.shape()), entry.end() - entry.begin());
            end = header.dataStart() + entry.end();
        }
        assertEquals(file.length, end);
        return true;
    }
}
