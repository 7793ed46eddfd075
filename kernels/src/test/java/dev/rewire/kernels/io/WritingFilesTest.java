package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.arrays.CooArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again, or nothing is written. */
class WritingFilesTest {
    private static final float[] VALUES = {
        Float.MIN_VALUE, -Float.MAX_VALUE, 0, -0f, 1e-40f, 0.1f, 1 / 3f, 16777216, 1e10f, Float.MIN_NORMAL
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a.mtx", "a.MTX", "a.npz"})
    void valuesComeBackBitByBit(String name) throws IOException {
        BlockPattern pattern = BlockPattern.random(40, 30, 1, 1, 300, new SplittableRandom(1));
        float[] values = new float[300];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < VALUES.length ? VALUES[i] : Float.intBitsToFloat(i * 0x00abcdef & 0x7f7f_ffff);
        }
        CsrArrays csr = new CsrArrays(40, 30, pattern.rowOffsets(), pattern.colIndices(), values);
        Path file = folder.resolve(name);
        SparseFile.of(csr).write(file);
        SparseFile read = SparseFile.read(file);
        assertEquals(pattern, read.pattern());
        try (KernelArena arena = KernelArena.open()) {
            CsrArrays back = SparseArrays.csr(read.toMatrix(arena, 1, 1, new SplittableRandom(1)));
            for (int i = 0; i < values.length; i++) {
                assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(back.values()[i]));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 7", "7, 0", "5, 7"})
    void patternsComeBack(int rows, int cols) throws IOException {
        for (int elements : new int[] {0, rows * cols / 2, rows * cols}) {
            BlockPattern pattern = BlockPattern.random(rows, cols, 1, 1, elements, new SplittableRandom(1));
            for (String name : new String[] {"a.mtx", "a.smtx"}) {
                SparseFile.of(pattern).write(folder.resolve(name));
                SparseFile read = SparseFile.read(folder.resolve(name));
                assertEquals(pattern, read.pattern());
                assertFalse(read.hasValues());
            }
        }
    }

    @Test
    void whatIsWrittenIsThisText() throws IOException {
        SparseFile.of(new CooArrays(2, 3, new int[] {1, 0, 1}, new int[] {2, 1, 0}, new float[] {-1.5f, 1e-40f, 3}))
                .write(folder.resolve("a.mtx"));
        assertEquals(
                "%%MatrixMarket matrix coordinate real general\n2 3 3\n1 2 1.0E-40\n2 1 3.0\n2 3 -1.5\n",
                Files.readString(folder.resolve("a.mtx")));
        SparseFile.of(BlockPattern.of(2, 3, 1, 1, new int[] {0, 1, 3}, new int[] {1, 0, 2}))
                .write(folder.resolve("a.smtx"));
        assertEquals("2, 3, 3\n0 1 3\n1 0 2\n", Files.readString(folder.resolve("a.smtx")));
    }

    @Test
    void ofAnyFormatTheStoredElementsAreWritten() throws IOException {
        try (KernelArena arena = KernelArena.open()) {
            SparseMatrix blocks = BlockSparseMatrix.allocate(arena, BlockPattern.full(5, 7, 3, 4));
            SparseMatrix nm =
                    SemiStructuredMatrix.allocate(arena, NmPattern.random(4, 8, 2, 4, 1, new SplittableRandom(1)));
            for (SparseMatrix matrix : new SparseMatrix[] {blocks, nm}) {
                SparseFile.of(matrix).write(folder.resolve("a.mtx"));
                SparseFile.of(matrix.pattern()).write(folder.resolve("a.smtx"));
                BlockPattern elements = matrix.pattern().asBlocks().covering(1, 1);
                assertEquals(elements, SparseFile.read(folder.resolve("a.mtx")).pattern());
                assertEquals(elements, SparseFile.read(folder.resolve("a.smtx")).pattern());
            }
        }
    }

    @Test
    void nothingIsWrittenThatWouldLoseSomething() throws IOException {
        SparseFile withNan =
                SparseFile.of(new CsrArrays(1, 2, new int[] {0, 2}, new int[] {0, 1}, new float[] {1, Float.NaN}));
        refused(
                withNan,
                "a.mtx",
                "row 0, column 1: NaN is no decimal number, all that a .mtx file holds; write a .npz file");
        refused(withNan, "a.smtx", "file: " + folder.resolve("a.smtx") + " is to be of a format without values");
        refused(withNan, "a.txt", "file: " + folder.resolve("a.txt") + " is of an unknown format; accepted are");
        refused(
                SparseFile.of(BlockPattern.full(2, 2, 1, 1)),
                "a.npz",
                "file: " + folder.resolve("a.npz") + " is to be of a format with values");
        withNan.write(folder.resolve("a.npz"));
        assertTrue(SparseFile.read(folder.resolve("a.npz")).hasValues());
    }

    private void refused(SparseFile content, String name, String start) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "old");
        String message = assertThrows(IllegalArgumentException.class, () -> content.write(file))
                .getMessage();
        assertTrue(message.startsWith(start), message);
        assertEquals("old", Files.readString(file));
        Files.delete(file);
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.bin");
        Files.writeString(file, "old");
        IOException failure = new IOException("full");
        FileSystemException thrown = assertThrows(
                FileSystemException.class,
                () -> WholeFile.stream(file, out -> {
                    out.write(1);
                    throw failure;
                }));
        assertEquals(file + ": cannot be written: full", thrown.getMessage());
        assertEquals(failure, thrown.getCause());
        assertEquals("old", Files.readString(file));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void throughALinkItsFileIsReplaced() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = inner.resolve("a.smtx");
        Path link = folder.resolve("link.smtx");
        try {
            Files.createSymbolicLink(link, Path.of("inner", "a.smtx"));
        } catch (UnsupportedOperationException e) {
            assumeTrue(false, "no symbolic links here");
        }
        SparseFile content = SparseFile.of(BlockPattern.full(1, 1, 1, 1));
        content.write(link); // dangling at first
        content.write(link);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("1, 1, 1\n0 1\n0\n", Files.readString(file));
        Files.createSymbolicLink(folder.resolve("b.smtx"), Path.of("b.smtx"));
        assertThrows(IOException.class, () -> content.write(folder.resolve("b.smtx")));
        Path inAbsent = folder.resolve("absent").resolve("a.smtx");
        assertEquals(
                inAbsent + ": cannot be written: there is no folder " + folder.resolve("absent"),
                assertThrows(FileSystemException.class, () -> content.write(inAbsent))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe.smtx", "pipe.npz", "pipe.safetensors", "link.smtx"})
    void aPipeIsRefusedAndStays(String name) throws IOException, InterruptedException {
        Path pipe = folder.resolve(name.replace("link", "pipe"));
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
            assumeTrue(mkfifo.waitFor() == 0, "no pipes here");
        } catch (IOException e) {
            assumeTrue(false, "no mkfifo here");
        }
        if (name.startsWith("link")) {
            Files.createSymbolicLink(folder.resolve(name), pipe);
        }
        assertRefused(name, "a device or a pipe");
        assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder.smtx", "folder.npz", "folder.safetensors"})
    void aFolderIsRefused(String name) throws IOException {
        Files.createDirectory(folder.resolve(name));
        assertRefused(name, "a folder");
    }

    private void assertRefused(String name, String what) throws IOException {
        Path file = folder.resolve(name);
        Set<Path> before = listed();
        String message =
                assertThrows(FileSystemException.class, () -> writeAs(file)).getMessage();
        assertEquals(file + ": " + what + "; accepted are names of files, there or not", message);
        assertEquals(before, listed());
    }

    private static void writeAs(Path file) throws IOException {
        String name = file.toString();
        if (name.endsWith("safetensors")) {
            new SafetensorsWriter().write(file);
        } else if (name.endsWith("npz")) {
            SparseFile.of(new CsrArrays(1, 1, new int[] {0, 1}, new int[] {0}, new float[] {1}))
                    .write(file);
        } else {
            SparseFile.of(BlockPattern.full(1, 1, 1, 1)).write(file);
        }
    }

    private Set<Path> listed() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-rw-rw-", "r--r--r--"})
    void aFileKeepsItsMode(String mode) throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX modes here");
        Path file = folder.resolve("a.safetensors");
        Files.writeString(file, "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        new SafetensorsWriter().write(file);
        assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertArrayEquals(new byte[] {8, 0, 0, 0, 0, 0, 0, 0}, java.util.Arrays.copyOf(Files.readAllBytes(file), 8));
    }
}
