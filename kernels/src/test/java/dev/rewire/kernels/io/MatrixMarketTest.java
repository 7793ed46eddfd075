package dev.rewire.kernels.io;

import static dev.rewire.kernels.io.MatrixText.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixMarketTest {
    private static final String REAL = "%%MatrixMarket matrix coordinate real general\\n";
    private static final String SYMMETRIC = "%%MatrixMarket matrix coordinate real symmetric\\n";
    private static final String SKEW = "%%MatrixMarket matrix coordinate real skew-symmetric\\n";

    @Property(tries = 100)
    void readsEveryPattern(
            @ForAll @IntRange(max = 40) int rows,
            @ForAll @IntRange(max = 40) int cols,
            @ForAll @IntRange(max = 100) int percent,
            @ForAll long seed) {
        BlockPattern pattern = MatrixText.pattern(rows, cols, percent / 100.0, new SplittableRandom(seed));
        SparseFile file = MatrixText.read("a.mtx", MatrixText.matrixMarket(pattern, "pattern"));
        assertEquals(pattern, file.pattern());
        assertFalse(file.hasValues());
    }

    @Property(tries = 100)
    void readsEveryValue(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int cols,
            @ForAll boolean whole,
            @ForAll long seed) {
        BlockPattern pattern = MatrixText.pattern(rows, cols, 0.3, new SplittableRandom(seed));
        SparseFile file = MatrixText.read("a.mtx", MatrixText.matrixMarket(pattern, whole ? "integer" : "real"));
        assertTrue(file.hasValues());
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = file.toMatrix(arena, 1, 1, new SplittableRandom(1));
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    float expected = pattern.find(row, col) < 0 ? 0 : MatrixText.value(row, col) + (whole ? 0 : 0.5f);
                    assertEquals(expected, matrix.get(row, col));
                }
            }
        }
    }

    @Example
    void readsElementsInAnyOrderAmongCommentsAndEmptyLines() {
        String text =
                "%%MatrixMarket MATRIX Coordinate real General\n% a\n\n%\n 2 3 3 \n\n2 1 -1.5e1\n1 3 .25\r\n\n1 1 +4\n";
        SparseFile file = MatrixText.read("a.MTX", text);
        assertEquals(BlockPattern.of(2, 3, 1, 1, new int[] {0, 2, 3}, new int[] {0, 2, 0}), file.pattern());
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix matrix = file.toMatrix(arena, 1, 1, new SplittableRandom(1));
            assertEquals(4, matrix.get(0, 0));
            assertEquals(0.25f, matrix.get(0, 2));
            assertEquals(-15, matrix.get(1, 0));
        }
    }

    @Example
    void mayHaveNoRowsNoColumnsNoElements() {
        String banner = "%%MatrixMarket matrix coordinate pattern general\n";
        assertEquals(0, MatrixText.read("a.mtx", banner + "0 0 0").pattern().rows());
        assertEquals(7, MatrixText.read("a.mtx", banner + "0 7 0\n").pattern().cols());
        assertEquals(7, MatrixText.read("a.mtx", banner + "7 0 0\n\n").pattern().rows());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 2 0|1|no Matrix Market file; expected '%%MatrixMarket matrix coordinate …'",
                "%%MatrixMarket vector coordinate real general\\n|1|object: 'vector' is not supported; accepted: matrix",
                "%%MatrixMarket matrix array real general\\n|1|format: 'array' is not supported; accepted: coordinate",
                "%%MatrixMarket matrix coordinate complex general\\n|1|field: 'complex' is not supported; accepted: pattern, real, integer",
                "%MatrixMarket matrix coordinate real general\\n|1|the banner begins with one percent sign instead of two; expected '%%MatrixMarket matrix coordinate …'",
                "%%MatrixMarket matrix coordinate real hermitian\\n|1|symmetry: 'hermitian' is not supported; accepted: general, symmetric, skew-symmetric",
                "%%MatrixMarket matrix coordinate pattern skew-symmetric\\n|1|symmetry: a pattern cannot be skew-symmetric, it has no signs; accepted: general, symmetric",
                SYMMETRIC + "2 3 1\\n|2|rows and columns: 2 and 3 differ; a symmetric matrix is square",
                SYMMETRIC
                        + "3 3 7\\n|2|nonzeros: 7 are out of range; accepted are 0 to 6, one triangle of a symmetric matrix",
                SYMMETRIC
                        + "3 3 2\\n2 1 5\\n1 2 5\\n|4|row 1, column 2 is repeated; it was given in line 3, there or by its mirror image",
                SYMMETRIC
                        + "3 3 2\\n3 3 5\\n3 3 5\\n|4|row 3, column 3 is repeated; it was given in line 3, there or by its mirror image",
                SKEW
                        + "3 3 4\\n|2|nonzeros: 4 are out of range; accepted are 0 to 3, one triangle of a skew-symmetric matrix",
                SKEW
                        + "3 3 1\\n2 2 0\\n|3|row and column: 2 is on the diagonal, which is zero in a skew-symmetric matrix and not to be given",
                REAL
                        + "% a\\n4 4 2\\n% b\\n1 2 1\\n2 3 1\\n|4|a comment among the elements; comments stand before the sizes only",
                REAL
                        + "4 4 2\\n1 2 1\\n  % b\\n2 3 1\\n|4|a comment among the elements; comments stand before the sizes only",
                REAL + "4 4 1\\n1 2 1\\n% b\\n|4|a comment among the elements; comments stand before the sizes only",
                REAL + "4 4 1\\n1 2 1 % b\\n|3|more than three numbers (row, column, value): '%'",
                "% a\\n" + REAL + "1 1 0\\n|1|no Matrix Market file; expected '%%MatrixMarket matrix coordinate …'",
                "\u00fe\u00ff\\0%|1|UTF-16 text; accepted are ASCII and UTF-8",
                "\u00ff\u00fe%\\0|1|UTF-16 text; accepted are ASCII and UTF-8",
                "\u00ef\u00bb%%MatrixMarket|1|no text: a broken byte order mark",
                "%%MatrixMarket matrix coordinate real\\n|1|symmetry: missing, the line ends here",
                REAL + "|2|rows: missing, the file ends here",
                REAL + "2 2|2|nonzeros: missing, the file ends here",
                REAL + "2, 2, 1\\n|2|columns: missing, there is a comma instead",
                REAL + "2 2 5\\n|2|nonzeros: '5' is out of range; accepted are 0 to 4",
                REAL + "2 2 1\\n0 1 5\\n|3|row: '0' is out of range; accepted are 1 to 2",
                REAL + "2 2 1\\n1 -1 5\\n|3|column: '-1' is out of range; accepted are 1 to 2",
                REAL + "2 2 1\\n1 one 5\\n|3|column: 'one' is no whole number",
                REAL + "2 2 1\\n99999999999 1 5\\n|3|row: '99999999999' is out of range; accepted are 1 to 2",
                REAL + "2 2 1\\n1 3 5\\n|3|column: '3' is out of range; accepted are 1 to 2",
                REAL + "2 2 1\\n1 1\\n|3|value: missing, the line ends here",
                REAL + "2 2 1\\n1 1 5 6\\n|3|more than three numbers (row, column, value): '6'",
                REAL + "2 2 1\\n1 1 NaN\\n|3|value: 'NaN' is no decimal number",
                REAL + "2 2 1\\n1 1 1e\\n|3|value: '1e' is no decimal number",
                REAL + "2 2 1\\n1 1 1e39\\n|3|value: '1e39' overflows; accepted are magnitudes up to 3.4028235E38",
                REAL + "2 2 2\\n\\n1 1 5\\n|5|1 elements; expected 2 (nonzeros of the size line)",
                REAL + "2 2 1\\n1 1 5\\n\\n2 2 5\\n|5|more elements than the 1 (nonzeros) of the size line",
                REAL + "2 2 3\\n1 1 5\\n\\n2 2 5\\n1 1 7|6|row 1, column 1 is repeated; it was given in line 3",
                REAL
                        + "1000000000 1 0\\n|2|rows: 1000000000 are too many for a file of 61 bytes; accepted are up to 1048576, or one for"
                        + " each 2 bytes of it",
                REAL + "1000000 1000000 2000000000\\n|3|0 elements; expected 2000000000 (nonzeros of the size line)",
            })
    void refusesWhatIsMalformed(String text, int line, String reason) {
        assertRefused("a.mtx", text.translateEscapes(), line, reason);
    }

    @Example
    void refusesAFractionAmongIntegers() {
        assertRefused(
                "a.mtx",
                "%%MatrixMarket matrix coordinate integer general\n1 1 1\n1 1 1.5\n",
                3,
                "value: '1.5' is no whole number");
    }

    @Example
    void refusesOtherEndings() {
        assertRefused(
                "a.csv",
                "",
                0,
                "unknown format; accepted are names that end in .smtx (DLMC), .mtx (Matrix Market) or .npz (SciPy)");
    }
}
