package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.CifarBytes;
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
    private static final String FOLDERS = "cifar:DIR with CIFAR's binary files, or a folder that holds"
            + " train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte,"
            + " each plain or gzipped (.gz)";
    private static final String ACCEPTED = "; accepted are fashion-mnist, mnist, text:FILE, csv:FILE, " + FOLDERS;

    @TempDir
    private Path folder;

    private static ImageData load(Path folder) throws IOException {
        return ImageSource.of(folder.toString()).load(10, line -> {});
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

    @Test
    void textIsReadFromItsFile() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "abc");
        TextSource source = assertInstanceOf(TextSource.class, DataSource.of("text:" + file));

        assertEquals(3, source.load().length());
    }

    @Test
    void tableIsReadFromItsFile() throws IOException {
        Path file = Files.writeString(folder.resolve("table"), "1,2\n3,4\n");
        TableSource source = assertInstanceOf(TableSource.class, DataSource.of("csv:" + file));

        assertEquals(2, source.load().size());
    }

    @Test
    void cifarIsReadFromItsFolder() throws IOException {
        ImageData data = ImageSource.of("cifar:" + CifarBytes.write10(folder)).load(line -> {});

        assertEquals("10 3 10", data.train().size() + " " + data.test().size() + " " + data.classes());
    }

    @Test
    void classesThatNobodyAskedForAreThoseOfTheLabels() throws IOException {
        IdxBytes.write(IdxBytes.writeSet(folder).resolve("train-labels-idx1-ubyte"), IdxBytes.file(new byte[20], 20));
        IdxBytes.write(
                folder.resolve("t10k-labels.idx1-ubyte"), IdxBytes.file(new byte[] {0, 0, 0, 6, 0, 0, 0, 0, 0, 0}, 10));

        assertEquals(7, ImageSource.of(folder.toString()).load(line -> {}).classes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text:", "csv:"})
    void absentFileIsNamed(String prefix) {
        String value = prefix + folder.resolve("absent");
        InvalidDataSourceException thrown = assertThrows(InvalidDataSourceException.class, () -> DataSource.of(value));

        assertEquals("--data: '" + value + "' is no data set and no file" + ACCEPTED, thrown.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text:", "csv:", "cifar:"})
    void prefixAloneIsNotTheWorkingFolder(String prefix) {
        assertThrows(InvalidDataSourceException.class, () -> DataSource.of(prefix));
    }

    @Test
    void folderIsNoText() {
        String value = "text:" + folder;
        InvalidDataSourceException thrown = assertThrows(InvalidDataSourceException.class, () -> DataSource.of(value));

        assertEquals("--data: '" + value + "' is no regular file" + ACCEPTED, thrown.getMessage());
    }

    @Test
    void folderWithoutCifarsFilesIsNamed() {
        String value = "cifar:" + folder;
        InvalidDataSourceException thrown = assertThrows(InvalidDataSourceException.class, () -> DataSource.of(value));

        assertEquals(
                "--data: '" + value + "' has neither data_batch_1.bin nor train.bin" + ACCEPTED, thrown.getMessage());
    }

    @Test
    void textIsNoSourceOfImages() throws IOException {
        String value = "text:" + Files.writeString(folder.resolve("text"), "abc");
        InvalidDataSourceException thrown = assertThrows(InvalidDataSourceException.class, () -> ImageSource.of(value));

        assertEquals(
                "--data: '" + value + "' is no images; accepted are fashion-mnist, mnist, " + FOLDERS,
                thrown.getMessage());
    }
}
