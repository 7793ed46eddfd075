package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to a valid file, reading it gives an array or a {@link DataException}. */
class IdxFileFuzzTest {
    private static Path file = Path.of("unset");

    @BeforeContainer
    static void createFile() throws IOException {
        file = Files.createTempFile("rewire-fuzz", ".idx");
    }

    @AfterContainer
    static void deleteFile() throws IOException {
        Files.delete(file);
    }

    /** A change of a file at a place that is taken modulo its length. */
    record Change(String kind, int place, int length, byte value) {
        byte[] applyTo(byte[] bytes) {
            if (bytes.length == 0) {
                return new byte[] {value};
            }
            int from = place % bytes.length;
            int to = Math.min(bytes.length, from + length);
            return switch (kind) {
                case "set" -> splice(bytes, from, to, to - from);
                case "flip" -> flip(bytes, from);
                case "truncate" -> Arrays.copyOf(bytes, from);
                case "remove" -> splice(bytes, from, to, 0);
                default -> splice(bytes, from, from, length);
            };
        }

        /** Puts {@code count} times the value in the place of the bytes from {@code from} to {@code to}. */
        private byte[] splice(byte[] bytes, int from, int to, int count) {
            byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + count);
            Arrays.fill(spliced, from, from + count, value);
            System.arraycopy(bytes, to, spliced, from + count, bytes.length - to);
            return spliced;
        }

        private byte[] flip(byte[] bytes, int place) {
            byte[] flipped = bytes.clone();
            flipped[place] ^= (byte) (1 << (value & 7));
            return flipped;
        }
    }

    @Property(tries = 2000)
    void changedPlainFileGivesAnArrayOrADataException(@ForAll("changes") List<Change> changes) throws IOException {
        assertReadOrRejected(changed(IdxBytes.images(5), changes));
    }

    @Property(tries = 2000)
    void changedGzipFileGivesAnArrayOrADataException(@ForAll("changes") List<Change> changes) throws IOException {
        assertReadOrRejected(changed(IdxBytes.gzip(IdxBytes.images(5)), changes));
    }

    @Property(tries = 2000)
    void changedContentOfAGzipFileGivesAnArrayOrADataException(@ForAll("changes") List<Change> changes)
            throws IOException {
        assertReadOrRejected(IdxBytes.gzip(changed(IdxBytes.images(5), changes)));
    }

    @Property
    void anyBytesGiveAnArrayOrADataException(@ForAll byte[] bytes) throws IOException {
        assertReadOrRejected(bytes);
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.of("set", "flip", "truncate", "remove", "insert"),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.bytes())
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    private static byte[] changed(byte[] bytes, List<Change> changes) {
        byte[] result = bytes;
        for (Change change : changes) {
            result = change.applyTo(result);
        }
        return result;
    }

    private static void assertReadOrRejected(byte[] bytes) throws IOException {
        // A new file each time: file systems flush one that is overwritten, which takes longer than all the rest.
        Files.delete(file);
        try {
            IdxFile read = IdxFile.read(IdxBytes.write(file, bytes), 3);
            assertEquals(read.size(0) * read.size(1) * read.size(2), read.values());
        } catch (DataException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }
}
