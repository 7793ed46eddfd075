package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
    private static final byte[] IMAGES = IdxBytes.images(5);

    @TempDir
    private Path folder;

    private IdxFile read(byte[] bytes) throws IOException {
        return IdxFile.read(IdxBytes.write(folder.resolve("images"), bytes), 3);
    }

    private void assertRejected(byte[] bytes, int offset, String reason) {
        DataException thrown = assertThrows(DataException.class, () -> read(bytes));

        assertEquals(folder.resolve("images") + ": byte " + offset + ": " + reason, thrown.getMessage());
    }

    private static byte[] with(int offset, int value) {
        byte[] changed = IMAGES.clone();
        changed[offset] = (byte) value;
        return changed;
    }

    @Test
    void sizesAreThoseOfTheHeader() throws IOException {
        IdxFile file = read(IMAGES);

        assertEquals("5 2 3 30", file.size(0) + " " + file.size(1) + " " + file.size(2) + " " + file.values());
    }

    @Test
    void valuesAreUnsigned() throws IOException {
        assertEquals(7 * 29, read(IMAGES).value(29));
    }

    @Test
    void gzipIsToldByTheContentNotTheName() throws IOException {
        assertEquals(7 * 29, read(IdxBytes.gzip(IMAGES)).value(29));
    }

    @Test
    void plainContentUnderAGzipNameIsRead() throws IOException {
        assertEquals(
                30,
                IdxFile.read(IdxBytes.write(folder.resolve("images.gz"), IMAGES), 3)
                        .values());
    }

    @Test
    void digestIsThatOfTheUnpackedFile() throws IOException {
        assertEquals(read(IMAGES).sha256(), read(IdxBytes.gzip(IMAGES)).sha256());
    }

    @Test
    void valueOutOfRangeIsRefused() throws IOException {
        IdxFile file = read(IMAGES);

        assertThrows(IndexOutOfBoundsException.class, () -> file.value(-1));
    }

    @Test
    void absentFileIsNamed() {
        Path absent = folder.resolve("absent");
        DataException thrown = assertThrows(DataException.class, () -> IdxFile.read(absent, 3));

        assertEquals(absent + ": byte 0: no such file", thrown.getMessage());
    }

    @Test
    void folderIsNoFile() {
        DataException thrown = assertThrows(DataException.class, () -> IdxFile.read(folder, 3));

        assertEquals(folder + ": byte 0: not a regular file", thrown.getMessage());
    }

    @Test
    void emptyFileIsRejected() {
        assertRejected(new byte[0], 0, "ends in the header");
    }

    @Test
    void wrongMagicNumberIsRejected() {
        assertRejected(with(1, 1), 1, "magic number is 1; accepted is 0");
    }

    @Test
    void otherTypeIsRejected() {
        assertRejected(with(2, 0x0D), 2, "type (8: unsigned byte) is 13; accepted is 8");
    }

    @Test
    void otherNumberOfDimensionsIsRejected() {
        assertRejected(with(3, 1), 3, "number of dimensions is 1; accepted is 3");
    }

    @Test
    void fileThatEndsInTheHeaderIsRejected() {
        assertRejected(Arrays.copyOf(IMAGES, 10), 10, "ends in the header, which has 16 bytes");
    }

    @Test
    void sizeOfZeroIsRejected() {
        assertRejected(
                with(7, 0),
                4,
                "size 0 of dimension 0 is out of range; accepted are 1 and more, up to 2147483583 bytes in all");
    }

    @Test
    void sizesThatOverflowAreRejected() {
        assertRejected(
                IdxBytes.file(new byte[9], 1 << 16, 1 << 16, 1 << 31),
                8,
                "size 65536 of dimension 1 is out of range; accepted are 1 and more, up to 2147483583 bytes in all");
    }

    @Test
    void sizeWithTheSignBitIsRejected() {
        assertRejected(
                with(4, 0x80),
                4,
                "size 2147483653 of dimension 0 is out of range; accepted are 1 and more, up to 2147483583 bytes in"
                        + " all");
    }

    @Test
    void truncatedFileIsRejectedBeforeItsValuesAreAllocated() {
        assertRejected(Arrays.copyOf(IMAGES, 40), 4, "[5, 2, 3] values need 46 bytes; the file can hold at most 40");
    }

    @Test
    void trailingByteIsRejected() {
        assertRejected(Arrays.copyOf(IMAGES, 47), 46, "goes on after its [5, 2, 3] values");
    }

    @Test
    void truncatedContentOfAGzipFileIsRejected() {
        assertRejected(
                IdxBytes.gzip(Arrays.copyOf(IMAGES, 40)),
                40,
                "ends too early: [5, 2, 3] values need 46 bytes (byte counted in the unpacked content)");
    }

    @Test
    void trailingContentOfAGzipFileIsRejectedWithoutUnpackingTheRest() {
        byte[] bomb = Arrays.copyOf(IMAGES, 10_000_000);

        assertRejected(
                IdxBytes.gzip(bomb), 46, "goes on after its [5, 2, 3] values (byte counted in the unpacked content)");
    }

    @Test
    void gzipFileThatPromisesMoreThanItCanHoldIsRejectedBeforeItsValuesAreAllocated() {
        byte[] packed = IdxBytes.gzip(IdxBytes.file(new byte[9], 60_000, 100, 300));

        assertRejected(
                packed,
                4,
                "[60000, 100, 300] values need 1800000016 bytes; the file can hold at most " + packed.length * 1032
                        + " (byte counted in the unpacked content)");
    }
}
