package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.arrays.BsrArrays;
import dev.rewire.kernels.arrays.CooArrays;
import dev.rewire.kernels.arrays.CscArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.Duplicates;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SciPy's files: what was written is read, every type of NumPy's that a matrix may have, and what is no such file is refused. */
class NpzTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("a.npz");
    }

    @Test
    void everyFormatComesBackInItself() throws IOException {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = BlockPattern.random(12, 20, 3, 4, 9, new SplittableRandom(1));
            BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
            for (int i = 0; i < pattern.storedElements(); i++) {
                matrix.type().set(matrix.values(), i, i - 50);
            }
            for (SparseArrays arrays : new SparseArrays[] {
                SparseArrays.csr(matrix), SparseArrays.csc(matrix), SparseArrays.coo(matrix), SparseArrays.bsr(matrix)
            }) {
                Npz.write(file(), arrays);
                SparseArrays read = Npz.read(file());
                assertEquals(arrays.getClass(), read.getClass());
                BlockSparseMatrix back = read.toBlocks(arena, 3, 4);
                assertEquals(pattern, back.pattern());
                assertEquals(-1, matrix.values().mismatch(back.values()));
                byte[] bytes = Files.readAllBytes(file());
                Npz.write(file(), read);
                assertArrayEquals(bytes, Files.readAllBytes(file()));
            }
        }
    }

    @Test
    void emptyMatricesComeBack() throws IOException {
        Npz.write(file(), new CsrArrays(0, 0, new int[1], new int[0], new float[0]));
        assertEquals(0, Npz.read(file()).rows());
        Npz.write(file(), new CscArrays(5, 0, new int[1], new int[0], new float[0]));
        assertEquals(5, Npz.read(file()).rows());
    }

    @Test
    void blocksThatDoNotDivideTheMatrixAreNotWritten() {
        BsrArrays arrays = new BsrArrays(3, 4, 2, 2, new int[3], new int[0], new float[0]);
        String message = assertThrows(IllegalArgumentException.class, () -> Npz.write(file(), arrays))
                .getMessage();
        assertTrue(
                message.startsWith("arrays: BsrArrays 3×4, 0 blocks of 2×2, which do not divide the matrix"), message);
        assertTrue(Files.notExists(file()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<f4|0000803f 000000c0|1|-2",
                ">f4|3f800000 c0000000|1|-2",
                "<f8|000000000000f03f 00000000000000c0|1|-2",
                ">f8|3ff0000000000000 c000000000000000|1|-2",
                "<f8|9a9999999999b93f 000000000000f07f|0.1|Infinity",
                "<f2|003c 00c0|1|-2",
                "<i8|0100000000000000 feffffffffffffff|1|-2",
                "<i8|0100000100000000 0000000001000000|16777216|4294967296",
                "<i4|01000000 feffffff|1|-2",
                ">i2|0001 fffe|1|-2",
                "<u8|0100000000000000 ffffffffffffffff|1|18446744073709551616",
            })
    void everyRealTypeBecomesTheNearestFloat(String type, String bytes, float first, float second) throws IOException {
        check(type, bytes, first, second);
    }

    /** The delimiter of the table stands in NumPy's names of single bytes. */
    @Test
    void everyTypeOfOneByteBecomesFloats() throws IOException {
        check("|i1", "01 fe", 1, -2);
        check("|u1", "01 fe", 1, 254);
        check("|b1", "01 00", 1, 0);
    }

    private void check(String type, String bytes, float first, float second) throws IOException {
        NpzFile file = NpzFile.csr().with("data", NpzFile.array(type, "(2,)", NpzFile.hex(bytes)));
        CsrArrays read = assertInstanceOf(CsrArrays.class, Npz.read(file.write(file())));
        assertArrayEquals(new float[] {first, second}, read.values());
    }

    @Test
    void blocksInTheOrderOfFortranAreTurned() throws IOException {
        NpzFile file = NpzFile.empty()
                .with("format", NpzFile.array("<U3", "()", NpzFile.hex("62000000 73000000 72000000")))
                .with("shape", NpzFile.array(">i4", "(2,)", NpzFile.hex("00000002 00000006")))
                .with("indptr", NpzFile.array("<i4", "(2,)", NpzFile.hex("00000000 02000000")))
                .with("indices", NpzFile.array("<i8", "(2L,)", NpzFile.hex("0100000000000000 0000000000000000")))
                .with(
                        "data",
                        NpzFile.array("|i1", "(2, 2, 3)", NpzFile.hex("00 06 03 09 01 07 04 0a 02 08 05 0b"))
                                .replace("False", "True "));
        BsrArrays read = assertInstanceOf(BsrArrays.class, Npz.read(file.write(file())));
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, read.values());
        try (KernelArena arena = KernelArena.open()) {
            assertEquals(6, read.toBlocks(arena, 1, 1).get(0, 0));
        }
    }

    @Test
    void coordinatesInOneArrayAreRead() throws IOException {
        NpzFile file = NpzFile.empty()
                .with("format", NpzFile.array("|S3", "()", NpzFile.hex("63 6f 6f")))
                .with("shape", NpzFile.array("<i2", "(2,)", NpzFile.hex("0200 0300")))
                .with("coords", NpzFile.array("<i4", "(2, 2)", NpzFile.hex("01000000 00000000 02000000 01000000")))
                .with("data", NpzFile.array("<f4", "(2,)", NpzFile.hex("0000803f 000000c0")));
        CooArrays read = assertInstanceOf(CooArrays.class, Npz.read(file.write(file())));
        assertArrayEquals(new int[] {1, 0}, read.rowIndices());
        assertArrayEquals(new int[] {2, 1}, read.colIndices());
    }

    @Test
    void repeatedPlacesAreTheCallersChoice() throws IOException {
        Npz.write(file(), new CooArrays(1, 1, new int[2], new int[2], new float[] {1, 2}));
        assertEquals(3, Npz.read(file()).toCsr(Duplicates.SUMMED).values()[0]);
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> SparseFile.read(file()));
        assertEquals(
                "rowIndices, colIndices[1]: (0, 0) is repeated, it was given at 0; accepted is each place once: add them"
                        + " up, or pass Duplicates.SUMMED to what Npz.read gives",
                refusal.reason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data|<f8|(2,)|000000000000f03f 0000000000000048|data.npy: element 1: 6.80564733841877E38 overflows; accepted are magnitudes up to 3.4028235E38",
                "data|<c8|(1,)|0000803f 0000803f|data.npy: shape: [1]; expected [2]",
                "data|<c8|(2,)|0000803f 0000803f 0000803f 0000803f|data.npy: elements of '<c8'; accepted are floats of 2, 4 or 8 bytes, whole numbers, booleans",
                "data|<f4|(3,)|0000803f 0000803f|data.npy: shape: [3] of '<f4' are 12 bytes, but 8 follow the header",
                "data|<f4|(9223372036854775807,)|00|data.npy: shape: the size of [9223372036854775807] overflows",
                "data|<f4|(2, 1)|0000803f 0000803f|data.npy: shape: [2, 1]; expected [2]",
                "data|O|(2,)|00 00|data.npy: descr: 'O' is no plain type",
                "indices|<i4|(2,)|00000000 02000000|as csr arrays, colIndices[1]: 2 is out of range; accepted are 0 to 1; indices count from 0: subtract 1 from all that count from 1",
                "indices|<i4|(2,)|00000000 ffffffff|indices.npy: element 1: -1 is out of range; accepted are 0 to 2147483647",
                "indices|<u8|(2,)|0000000000000000 ffffffffffffffff|indices.npy: element 1: 18446744073709551615 is out of range; accepted are 0 to 2147483647",
                "indices|<f4|(2,)|00000000 00000000|indices.npy: elements of '<f4'; expected whole numbers",
                "indptr|<i4|(1,)|00000000|indptr.npy: shape: [1]; expected [2]",
                "indptr|<i4|(2,)|00000000 03000000|indices.npy: shape: [2]; expected [3]",
                "shape|<i4|(3,)|01000000 02000000 02000000|shape.npy: 3 dimensions; expected 2, a matrix",
                "shape|<i8|(2,)|0100000000000000 00ca9a3b00000000|shape.npy: 1000000000 columns are too many for this file; accepted are up to 1048576",
                "format|S3|()|64 69 61|format.npy: 'dia' is not supported; accepted are csr, csc, coo, bsr (tocsr() makes one)",
                "format|<i4|()|00000000|format.npy: '<i4' []; expected a text",
            })
    void refusesWhatIsMalformed(String member, String type, String shape, String bytes, String reason)
            throws IOException {
        assertRefused(NpzFile.csr().with(member, NpzFile.array(type, shape, NpzFile.hex(bytes))), reason);
    }

    @Test
    void refusesWhatIsNoArchiveOfArrays() throws IOException {
        assertRefused(
                NpzFile.csr().without("data"),
                "data.npy: there is no such member; expected what scipy.sparse.save_npz writes");
        assertRefused(
                NpzFile.csr()
                        .with(
                                "data",
                                new NpzFile.Bytes(
                                        "no array at all".getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
                "data.npy: no NumPy array; expected the bytes \\x93NUMPY and a version");
        Files.writeString(file(), "no archive");
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Npz.read(file()));
        assertTrue(refusal.reason().startsWith("no ZIP archive: "), refusal::getMessage);
        refusal = assertThrows(MatrixFileException.class, () -> Npz.read(folder));
        assertEquals("a directory; accepted are .npz files", refusal.reason());
    }

    private void assertRefused(NpzFile content, String reason) throws IOException {
        Path file = content.write(file());
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Npz.read(file));
        assertEquals(reason, refusal.reason());
        assertEquals(file.toString(), refusal.file());
    }
}
