package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {
    @TempDir
    private Path folder;

    private String fault(CifarFiles set) {
        return fault(set, set.classes());
    }

    private String fault(CifarFiles set, int classes) {
        return assertThrows(DataException.class, () -> set.read(folder, classes))
                .getMessage();
    }

    private ImageData read10() throws IOException {
        return CifarFiles.CIFAR_10.read(CifarBytes.write10(folder), 10);
    }

    @Test
    void cifar10IsFiveFilesToTrainAndOneToTest() throws IOException {
        ImageData data = read10();

        assertEquals("10 3 10", data.train().size() + " " + data.test().size() + " " + data.classes());
    }

    @Test
    void imagesAreThreeChannelsOf32By32() throws IOException {
        assertEquals(new SampleShape.Image(32, 32, 3), read10().train().shape());
    }

    @Test
    void planesBecomeChannelsOfPositions() throws IOException {
        LabelledImages train = read10().train();

        for (int channel = 0; channel < 3; channel++) {
            assertEquals(CifarBytes.pixel(7, channel, 500), train.pixel(7, 3 * 500 + channel));
        }
    }

    @Test
    void labelsFollowEachOtherThroughTheFiles() throws IOException {
        assertEquals(7, read10().train().label(7));
    }

    @Test
    void fineLabelsOfCifar100AreLearned() throws IOException {
        ImageData data = CifarFiles.CIFAR_100.read(CifarBytes.write100(folder), 100);

        assertEquals(
                "4 13 99",
                data.train().size() + " " + data.train().label(3) + " "
                        + data.test().label(0));
    }

    @Test
    void cifar10IsToldByItsFiles() throws IOException {
        assertEquals(Optional.of(CifarFiles.CIFAR_10), CifarFiles.in(CifarBytes.write10(folder)));
    }

    @Test
    void cifar100IsToldByItsFiles() throws IOException {
        assertEquals(Optional.of(CifarFiles.CIFAR_100), CifarFiles.in(CifarBytes.write100(folder)));
    }

    @Test
    void emptyFolderHasNoSet() {
        assertEquals(Optional.empty(), CifarFiles.in(folder));
    }

    @Test
    void missingFileIsNamed() throws IOException {
        Path file = CifarBytes.write10(folder).resolve("data_batch_3.bin");
        Files.delete(file);

        assertEquals(file + ": byte 0: no such file", fault(CifarFiles.CIFAR_10));
    }

    @Test
    void partOfARecordIsRefusedWithItsPlace() throws IOException {
        Path file = CifarBytes.write10(folder).resolve("test_batch.bin");
        Files.write(file, new byte[3073 + 5]);

        assertEquals(
                file
                        + ": byte 3073: the file has 3078 bytes; accepted is a multiple of 3073, the bytes of a record, 1 and more",
                fault(CifarFiles.CIFAR_10));
    }

    @Test
    void emptyFileIsRefused() throws IOException {
        Path file = CifarBytes.write100(folder).resolve("train.bin");
        Files.write(file, new byte[0]);

        assertEquals(
                file
                        + ": byte 0: the file has 0 bytes; accepted is a multiple of 3074, the bytes of a record, 1 and more",
                fault(CifarFiles.CIFAR_100));
    }

    @Test
    void labelOutOfRangeIsRefusedWithItsPlace() throws IOException {
        Path file = CifarBytes.write10(folder).resolve("data_batch_2.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[3073] = 10;
        Files.write(file, bytes);

        assertEquals(file + ": byte 3073: label 10 is out of range; accepted are 0 to 9", fault(CifarFiles.CIFAR_10));
    }

    @Test
    void coarseLabelOutOfRangeIsRefusedWithItsPlace() throws IOException {
        Path file = CifarBytes.write100(folder).resolve("train.bin");
        byte[] bytes = Files.readAllBytes(file);
        bytes[3074] = 20;
        Files.write(file, bytes);

        assertEquals(
                file + ": byte 3074: coarse label 20 is out of range; accepted are 0 to 19",
                fault(CifarFiles.CIFAR_100));
    }

    @Test
    void labelBeyondTheClassesThatAreAskedForIsRefused() throws IOException {
        Path file = CifarBytes.write100(folder).resolve("train.bin");

        assertEquals(
                file + ": byte 6149: label 12 is out of range; accepted are 0 to 11", fault(CifarFiles.CIFAR_100, 12));
    }
}
