package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitrary;
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

    @Property(tries = 2000)
    void changedPlainFileGivesAnArrayOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        assertReadOrRejected(FileChange.applied(changes, IdxBytes.images(5)));
    }

    @Property(tries = 2000)
    void changedGzipFileGivesAnArrayOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        assertReadOrRejected(FileChange.applied(changes, IdxBytes.gzip(IdxBytes.images(5))));
    }

    @Property(tries = 2000)
    void changedContentOfAGzipFileGivesAnArrayOrADataException(@ForAll("changes") List<FileChange> changes)
            throws IOException {
        assertReadOrRejected(IdxBytes.gzip(FileChange.applied(changes, IdxBytes.images(5))));
    }

    @Property
    void anyBytesGiveAnArrayOrADataException(@ForAll byte[] bytes) throws IOException {
        assertReadOrRejected(bytes);
    }

    @Provide
    Arbitrary<List<FileChange>> changes() {
        return FileChange.lists();
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
