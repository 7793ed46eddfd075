package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.kernels.arrays.BsrArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.Duplicates;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a {@code .npz} holds, reading it gives a matrix or the documented exception, within modest memory. */
class MutatedNpzTest {
    /** The files are small, but 2²⁰ rows and columns may be claimed without evidence. */
    private static final long MOST_BYTES = 64 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final String[] MEMBERS = {"format", "shape", "indptr", "indices", "data"};
    private static final String[] INSERTED = {
        "'", "(", ")", "{", "}", ",", ":", "-1", "0", "9", "99999999999999999999", "2147483647", "9223372036854775807",
        "True", "<f8", "<f4", ">i8", "|S3", "<U3", "O", "\u0093NUMPY", "\0", "\u001b[2J", "\n", "\u00ff", " "
    };

    private static Path folder = Path.of("");

    @BeforeContainer
    static void createFolder() throws IOException {
        folder = Files.createTempDirectory("npz");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        Files.deleteIfExists(folder.resolve("a.npz"));
        Files.delete(folder);
    }

    @Property(tries = 500)
    void archive(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int mutations) throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        check(mutated(draw(random).bytes(), mutations, random));
    }

    @Property(tries = 1500)
    void member(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int mutations) throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        NpzFile file = draw(random);
        String member = MEMBERS[random.nextInt(MEMBERS.length)];
        check(file.with(member, new NpzFile.Bytes(mutated(file.member(member), mutations, random)))
                .bytes());
    }

    @Property(tries = 20)
    void everyTruncation(@ForAll long seed) throws IOException {
        byte[] bytes = draw(new SplittableRandom(seed)).bytes();
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 200) {
            check(Arrays.copyOf(bytes, length));
        }
    }

    /** Eighty megabytes of zeros are eighty kilobytes of archive. */
    @Example
    void aBombIsRefusedBeforeItIsInflated() throws IOException {
        int elements = 80 << 20 >> 2;
        byte[] bomb = new byte[80 << 20];
        NpzFile file = NpzFile.csr()
                .with("data", NpzFile.array("<f4", "(" + elements + ",)", bomb))
                .with("indptr", NpzFile.array("<i4", "(2,)", NpzFile.hex("00000000 00004001")));
        byte[] archive = file.bytes();
        assertTrue(archive.length < 1 << 20, "no bomb: " + archive.length);
        // The one that says so, and the one whose directory lies about it.
        for (int claimed : new int[] {80 << 20, 1 << 10}) {
            Path bombed = Files.write(folder.resolve("a.npz"), withSizeOfData(archive, claimed));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            assertThrows(MatrixFileException.class, () -> Npz.read(bombed));
            assertTrue(THREADS.getCurrentThreadAllocatedBytes() - before < MOST_BYTES);
        }
    }

    @Example
    void aDirectoryThatLiesAboutASizeIsRefused() throws IOException {
        byte[] archive = NpzFile.csr().bytes();
        int size = NpzFile.csr().member("data").length;
        for (int claimed : new int[] {size - 4, size + 4, 0, Integer.MAX_VALUE}) {
            Path file = Files.write(folder.resolve("a.npz"), withSizeOfData(archive, claimed));
            assertThrows(MatrixFileException.class, () -> Npz.read(file), () -> "size " + claimed);
        }
        check(withSizeOfData(archive, size));
    }

    @Example
    void aWrongChecksumIsRefused() throws IOException {
        byte[] archive = NpzFile.csr().bytes();
        int at = directoryEntry(archive, "data.npy");
        archive[at + 16] ^= 1;
        Path file = Files.write(folder.resolve("a.npz"), archive);
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Npz.read(file));
        assertEquals("data.npy: its checksum does not fit", refusal.reason());
    }

    private static byte[] withSizeOfData(byte[] archive, int size) {
        byte[] changed = archive.clone();
        int at = directoryEntry(changed, "data.npy");
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 24, size);
        return changed;
    }

    private static int directoryEntry(byte[] archive, String name) {
        String text = new String(archive, StandardCharsets.ISO_8859_1);
        int at = text.lastIndexOf(name) - 46;
        assertTrue(text.startsWith("PK\1\2", at));
        return at;
    }

    private static NpzFile draw(RandomGenerator random) throws IOException {
        int rows = random.nextInt(6);
        int[] offsets = new int[rows + 1];
        int count = 0;
        int[] indices = new int[rows * 2];
        for (int row = 0; row < rows; row++) {
            for (int i = random.nextInt(3); i > 0; i--) {
                indices[count++] = random.nextInt(4);
            }
            offsets[row + 1] = count;
        }
        int each = random.nextInt(2) == 0 ? 1 : 4;
        SparseArrays arrays = each == 1
                ? new CsrArrays(rows, 4, offsets, Arrays.copyOf(indices, count), new float[count])
                : new BsrArrays(2 * rows, 8, 2, 2, offsets, Arrays.copyOf(indices, count), new float[4 * count]);
        Npz.write(folder.resolve("a.npz"), arrays);
        return NpzFile.of(folder.resolve("a.npz"));
    }

    private static void check(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("a.npz"), bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        SparseArrays arrays;
        try {
            arrays = Npz.read(file);
        } catch (MatrixFileException e) {
            assertEquals(file.toString(), e.file());
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e::getMessage);
            assertTrue(e.getMessage().length() < 500, e::getMessage);
            return;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes for a file of " + bytes.length);
        }
        // What was accepted is a matrix in every respect.
        arrays.sorted(Duplicates.SUMMED);
    }

    private static byte[] mutated(byte[] bytes, int mutations, RandomGenerator random) {
        StringBuilder changed = new StringBuilder(new String(bytes, StandardCharsets.ISO_8859_1));
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(changed.length() + 1);
            int end = Math.min(changed.length(), at + 1 + random.nextInt(4));
            switch (random.nextInt(6)) {
                case 0 -> changed.insert(at, INSERTED[random.nextInt(INSERTED.length)]);
                case 1 -> changed.delete(at, end);
                case 2, 3 -> changed.replace(at, end, Character.toString(random.nextInt(256)));
                case 4 -> changed.insert(at, changed.substring(at, end));
                default -> changed.setLength(Math.max(at, changed.length() / 2));
            }
        }
        return changed.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
