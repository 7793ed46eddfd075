package dev.rewire.kernels.io;

import static dev.rewire.kernels.io.MatrixText.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rewire.kernels.BlockPattern;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtxTest {
    private static final String VALID = "2, 4, 3\n0 2 3\n1 3 0\n";

    @Property(tries = 100)
    void readsEveryPattern(
            @ForAll @IntRange(max = 40) int rows,
            @ForAll @IntRange(max = 40) int cols,
            @ForAll @IntRange(max = 100) int percent,
            @ForAll long seed) {
        BlockPattern pattern = MatrixText.pattern(rows, cols, percent / 100.0, new SplittableRandom(seed));
        SparseFile file = MatrixText.read("a.smtx", MatrixText.smtx(pattern));
        assertEquals(pattern, file.pattern());
        assertFalse(file.hasValues());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                VALID,
                "2, 4, 3\n0 2 3\n1 3 0",
                "2, 4, 3\r\n0 2 3\r\n1 3 0\r\n",
                "2 4 3\n0 2 3 \n1 3 0 \n\n",
                " 2,4,3\n0\t2\t3\n1 3  0\n"
            })
    void readsWhatWritersDifferIn(String text) {
        assertEquals(
                BlockPattern.of(2, 4, 1, 1, new int[] {0, 2, 3}, new int[] {1, 3, 0}),
                MatrixText.read("a.smtx", text).pattern());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"3, 4, 0\n0 0 0 0", "3, 4, 0\n0 0 0 0\n", "3, 4, 0\n0 0 0 0\n\n", "3, 4, 0\n0 0 0 0\n \n\n"})
    void hasTwoLinesWithoutNonzeros(String text) {
        assertEquals(
                BlockPattern.of(3, 4, 1, 1, new int[4], new int[0]),
                MatrixText.read("a.smtx", text).pattern());
    }

    @Example
    void mayHaveNoRowsOrNoColumns() {
        assertEquals(
                "BlockPattern 0×4, 0 blocks of 1×1",
                MatrixText.read("a.smtx", "0, 4, 0\n0\n").pattern().toString());
        assertEquals(
                "BlockPattern 2×0, 0 blocks of 1×1",
                MatrixText.read("a.smtx", "2, 0, 0\n0 0 0\n").pattern().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2, 4|1|nonzeros: missing, the file ends here",
                "2, 4\\n0 2 3|1|nonzeros: missing, the line ends here",
                "2,, 3\\n|1|columns: missing, there is a comma instead",
                "2, 4, 3, 1\\n|1|more than three numbers (rows, columns, nonzeros): ','",
                "2, 4, 3 1\\n|1|more than three numbers (rows, columns, nonzeros): '1'",
                "2, 4, 9\\n|1|nonzeros: '9' is out of range; accepted are 0 to 8",
                "-2, 4, 3\\n|1|rows: '-2' is out of range; accepted are 0 to 2147483583",
                "99999999999999999999, 4, 3\\n|1|rows: '99999999999999999999' is out of range; accepted are 0 to 2147483583",
                "two, 4, 3\\n|1|rows: 'two' is no whole number",
                "-, 4, 3\\n|1|rows: '-' is no whole number",
                "2.5, 4, 3\\n|1|rows: '2.5' is no whole number",
                "2, 4, 3\\n|2|short line: 0 row offsets; expected 3 (rows + 1)",
                "2, 4, 3\\n0 2\\n1 3 0\\n|2|short line: 2 row offsets; expected 3 (rows + 1)",
                "2, 4, 3\\n1 2 3\\n1 3 0\\n|2|row offset 0: 1; expected 0",
                "2, 4, 3\\n0 2 3 3\\n1 3 0\\n|2|more than the 3 row offsets (rows + 1): '3'",
                "2, 4, 3\\n0 2 1\\n1 3 0\\n|2|row offset 2: 1 is less than the one before it, 2",
                "2, 4, 3\\n0 2 4\\n1 3 0\\n|2|row offset 2: 4 is more than the nonzeros of line 1, 3",
                "2, 4, 3\\n0 2 2\\n1 3 0\\n|2|the last row offset is 2, but line 1 says 3 nonzeros",
                "3, 2, 4\\n0 0 3 4\\n1 3 0 0\\n|2|row offset 2: 3 gives row 1 3 nonzeros in 2 columns",
                "2, 4, 3\\n0 2 3\\n1 3\\n|3|short line: 2 column indices; expected 3 (nonzeros)",
                "2, 4, 3\\n0 2 3|3|short line: 0 column indices; expected 3 (nonzeros)",
                "2, 4, 3\\n0 2 3\\n1 3 0 2\\n|3|more than the 3 column indices (nonzeros): '2'",
                "2, 4, 3\\n0 2 3\\n1 4 0\\n|3|column index 1 (row 0): '4' is out of range; accepted are 0 to 3",
                "2, 4, 3\\n0 2 3\\n-1 3 0\\n|3|column index 0 (row 0): '-1' is out of range; accepted are 0 to 3",
                "2, 4, 3\\n0 2 3\\n1 3 -0\\n|3|column index 2 (row 1): '-0' is out of range; accepted are 0 to 3",
                "2, 4, 3\\n0 2 4294967297\\n1 3 0\\n|2|row offset 2: '4294967297' is out of range; accepted are 0 to 2147483647",
                "2, 4, 3\\n0 2 3\\n1 3x 0\\n|3|column index 1 (row 0): '3x' is no whole number",
                "2, 4, 3\\n0 2 3\\n3 1 0\\n|3|column index 1 (row 0): 1 comes after 3; accepted are strictly increasing columns",
                "2, 4, 3\\n0 2 3\\n1 1 0\\n|3|column index 1 (row 0): 1 is repeated; accepted are strictly increasing columns",
                "2, 4, 3\\n0 2 3\\n1 3 0\\n5\\n|4|text after the column indices; accepted are three lines",
                "2, 4, 0\\n0 0 0\\n\\n5\\n|4|text after the column indices; accepted are three lines",
                "\\x7fELF\\x02\\x01\\x00\\x00|1|rows: '\\x7fELF\\x02\\x01\\x00\\x00' is no whole number",
            })
    void refusesWhatIsMalformed(String text, int line, String reason) {
        assertRefused("dir/a.smtx", unescaped(text), line, reason);
    }

    @Example
    void refusesAnEmptyFile() {
        assertRefused("a.smtx", "", 1, "rows: missing, the file ends here");
    }

    @Example
    void refusesAnEndlessWord() {
        assertRefused("a.smtx", "1".repeat(10_000), 1, "'111111111111111111111111…' is longer than any number");
    }

    /** Under the test's memory neither would fit if it were believed. */
    @Example
    void refusesABillionRowsOrColumnsInAFewBytes() {
        assertRefused(
                "a.smtx",
                "1000000000, 1, 0\n0",
                1,
                "rows: 1000000000 are too many for a file of 18 bytes; accepted are up to 1048576, or one for each 2 bytes of it");
        assertRefused(
                "a.smtx",
                "1, 1000000000, 0\n0 0",
                1,
                "columns: 1000000000 are too many for a file of 20 bytes; accepted are up to 1048576, or one for each 2 bytes of"
                        + " it");
        assertRefused(
                "a.smtx",
                "1000000, 1000000, 2147483639\n0",
                2,
                "short line: 1 row offsets; expected 1000001 (rows + 1)");
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n")
                .replace("\\x7f", "\u007f")
                .replace("\\x0", "\\0")
                .translateEscapes();
    }
}
