package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxBytes;
import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSourceTest {
    private static final String ACCEPTED = "; accepted are fashion-mnist, mnist, or a folder that holds"
            + " train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte,"
            + " each plain or gzipped (.gz)";

    @TempDir
    private Path folder;

    private static ImageData load(Path folder) throws IOException {
        return DataSource.of(folder.toString()).load(10, line -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"fashion-mnist", "mnist"})
    void publishedSetsAreKnownByName(String name) {
        PublishedSource source = assertInstanceOf(PublishedSource.class, DataSource.of(name));

        assertEquals(name, source.set().name());
    }

    @Test
    void folderOfTheFourFilesIsRead() throws IOException {
        ImageData data = load(IdxBytes.writeSet(folder));

        assertEquals(
                "20 10 6 10",
                data.train().size() + " " + data.test().size() + " " + data.features() + " " + data.classes());
    }

    @Test
    void absentFolderIsNamed() {
        InvalidDataSourceException thrown =
                assertThrows(InvalidDataSourceException.class, () -> DataSource.of("/nonexistent"));

        assertEquals("--data: '/nonexistent' is no data set and no folder" + ACCEPTED, thrown.getMessage());
    }

    @Test
    void emptyValueIsNotTheWorkingFolder() {
        InvalidDataSourceException thrown = assertThrows(InvalidDataSourceException.class, () -> DataSource.of(""));

        assertEquals("--data: '' is no data set and no folder" + ACCEPTED, thrown.getMessage());
    }

    @Test
    void fileIsNoFolder() {
        Path file = IdxBytes.write(folder.resolve("file"), new byte[0]);
        InvalidDataSourceException thrown =
                assertThrows(InvalidDataSourceException.class, () -> DataSource.of(file.toString()));

        assertEquals("--data: '" + file + "' is a file, not a folder" + ACCEPTED, thrown.getMessage());
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Files.delete(IdxBytes.writeSet(folder).resolve("t10k-images-idx3-ubyte.gz"));
        InvalidDataSourceException thrown =
                assertThrows(InvalidDataSourceException.class, () -> DataSource.of(folder.toString()));

        assertTrue(
                thrown.getMessage().startsWith("--data: '" + folder + "' has no t10k-images-idx3-ubyte or "),
                thrown.getMessage());
    }

    @Test
    void partsOfTheExceptionAreThoseOfItsMessage() {
        InvalidDataSourceException thrown =
                assertThrows(InvalidDataSourceException.class, () -> DataSource.of("/nonexistent"));

        assertEquals("--data /nonexistent", thrown.option() + " " + thrown.value());
    }

    @Test
    void malformedFileOfAFolderIsNamed() throws IOException {
        Path file = IdxBytes.writeSet(folder).resolve("train-labels-idx1-ubyte");
        IdxBytes.write(file, new byte[] {0, 0, 8});
        DataException thrown = assertThrows(DataException.class, () -> load(folder));

        assertEquals(file + ": byte 3: ends in the header", thrown.getMessage());
    }

    @Test
    void testImagesOfAnotherSizeAreRejected() throws IOException {
        Path file = IdxBytes.writeSet(folder).resolve("t10k-images-idx3-ubyte.gz");
        IdxBytes.write(file, IdxBytes.images(10, 2, 4));
        DataException thrown = assertThrows(DataException.class, () -> load(folder));

        assertEquals(
                file + ": byte 12: size 4 of dimension 2; accepted is 3, as in "
                        + folder.resolve("train-images-idx3-ubyte"),
                thrown.getMessage());
    }
}
