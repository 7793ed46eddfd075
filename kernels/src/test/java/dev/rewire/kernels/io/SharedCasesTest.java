package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs on which other libraries were wrong, each twice: the file of the collection beside the checkout, where it is at hand, and one of our own
 * with the same trait.
 */
class SharedCasesTest {
    private static final String COORDINATE = "%%MatrixMarket matrix coordinate ";

    @TempDir
    Path folder;

    static Stream<Arguments> accepted() {
        return Stream.of(
                accepted(
                        "symmetric.mtx",
                        COORDINATE + "real symmetric\n3 3 4\n1 1 4\n2 1 -3\n3 2 .5\n3 3 1\n",
                        6,
                        3,
                        2,
                        ".5",
                        5),
                accepted(
                        "symmetric.mtx",
                        COORDINATE + "real symmetric\n3 3 4\n1 1 4\n2 1 -3\n3 2 .5\n3 3 1\n",
                        6,
                        2,
                        3,
                        ".5",
                        5),
                accepted("skew.mtx", COORDINATE + "real skew-symmetric\n3 3 2\n2 1 7\n3 2 -5e-1\n", 4, 3, 2, "-.5", 5),
                accepted("skew.mtx", COORDINATE + "real skew-symmetric\n3 3 2\n2 1 7\n3 2 -5e-1\n", 4, 2, 3, ".5", -5),
                accepted(
                        "integers.mtx",
                        COORDINATE + "integer general\n1 2 2\n1 1 16777219\n1 2 -4294967296\n",
                        2,
                        1,
                        1,
                        "16777220",
                        16777216),
                accepted(
                        "integers.mtx",
                        COORDINATE + "integer general\n1 2 2\n1 1 16777219\n1 2 -4294967296\n",
                        2,
                        1,
                        2,
                        "-4294967296",
                        0x1p31f),
                accepted(
                        "subnormal.mtx",
                        COORDINATE + "real general\n2 2 2\n1 1 2.8e-45\n2 2 1\n",
                        2,
                        1,
                        1,
                        "2.8e-45",
                        1e-40f),
                accepted(
                        "overflow.mtx",
                        COORDINATE + "real general\n1 2 2\n1 1 -3.4e38\n1 2 3.4028235e38\n",
                        2,
                        1,
                        2,
                        "3.4028235e38",
                        3.4e38f),
                accepted(
                        "bom-upper-case.mtx",
                        "\ufeff%%MATRIXMARKET Matrix COORDINATE Real GENERAL\r\n2 2 1\r\n1 1 +4.5E-1\r\n",
                        1,
                        1,
                        1,
                        ".45",
                        .45f));
    }

    private static Arguments accepted(
            String name, String ours, int elements, int row, int col, String value, float ofTheirs) {
        return Arguments.of(name, ours, elements, row, col, Float.parseFloat(value), ofTheirs);
    }

    @ParameterizedTest(name = "{0} at {3}, {4}")
    @MethodSource("accepted")
    void isRead(String name, String ours, int elements, int row, int col, float value, float ofTheirs)
            throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, ours, StandardCharsets.UTF_8);
        assertHolds(file, elements, row, col, value);
        assertHolds(theirs(name), elements, row, col, ofTheirs);
    }

    private static void assertHolds(Path file, int elements, int row, int col, float value) throws IOException {
        SparseFile read = SparseFile.read(file);
        assertEquals(elements, read.pattern().blocks());
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = read.toMatrix(arena, 1, 1, new SplittableRandom(1));
            assertEquals(value, matrix.get(row - 1, col - 1));
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        "comment-inside.mtx",
                        COORDINATE + "real general\n%\n% a\n4 4 2\n% b\n1 2 1\n2 3 1\n",
                        "a comment among the elements; comments stand before the sizes only"),
                Arguments.of(
                        "one-percent.mtx",
                        "%matrixmarket matrix coordinate pattern general\n3 3 1\n1 1\n",
                        "the banner begins with one percent sign instead of two"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefused(String name, String ours, String reason) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, ours, StandardCharsets.UTF_8);
        assertRefused(file, reason);
        assertRefused(theirs(name), reason);
    }

    private static void assertRefused(Path file, String reason) {
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> SparseFile.read(file));
        assertTrue(refusal.reason().startsWith(reason), refusal::getMessage);
        assertTrue(refusal.line() > 0, refusal::getMessage);
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameBeyondAsciiIsAName(String name) throws IOException {
        Path file;
        try {
            file = folder.resolve(name);
        } catch (java.nio.file.InvalidPathException e) {
            assumeTrue(false, "this JVM's locale has no such names: " + e.getMessage());
            return;
        }
        Files.writeString(file, "2, 2, 1\n0 1 1\n1\n");
        assertEquals(1, SparseFile.read(file).pattern().blocks());
        SparseFile.read(file).write(file);
        assertEquals(1, SparseFile.read(file).pattern().blocks());
    }

    static Stream<String> names() {
        return Stream.of("größe.smtx", "行列.smtx", "a b'\"$.smtx", "\ud83d\ude00.smtx");
    }

    private static Path theirs(String name) {
        Path found = Stream.iterate(Path.of("").toAbsolutePath(), above -> above != null, Path::getParent)
                .map(above -> above.resolve("shared").resolve("cases").resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "ours was right; no shared/cases/" + name + " beside the checkout");
        return found;
    }
}
