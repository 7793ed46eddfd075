package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Matrix Market's coordinate format (Boisvert, Pozo and Remington 1996): a line that says what follows, comments, {@code rows columns
 * nonzeros}, and for each nonzero a line {@code row column [value]}, counted from 1, in any order. Of a symmetric matrix one triangle is given,
 * of a skew-symmetric one without the diagonal; the other follows from it. Numbers are rounded to the nearest float, whole ones too.
 */
final class MatrixMarketReader {
    private static final List<String> FIELDS = List.of("pattern", "real", "integer");

    private static final List<String> SYMMETRIES = List.of("general", "symmetric", "skew-symmetric");

    private final TextScanner text;
    private String field = "";
    private String symmetry = "";
    private final IntList rows = new IntList();
    private final IntList columns = new IntList();
    private final IntList valueBits = new IntList();

    // A repeated element shows only once all are sorted, and its line is wanted then.
    private final IntList lines = new IntList();

    private MatrixMarketReader(TextScanner text) {
        this.text = text;
    }

    static SparseFile read(TextScanner text, long fileBytes) throws IOException {
        return new MatrixMarketReader(text).read(fileBytes);
    }

    private SparseFile read(long fileBytes) throws IOException {
        text.skipByteOrderMark();
        banner();
        while (text.atLineEnd() ? !text.atEnd() : text.startsWith('%')) {
            text.skipLine();
        }
        MatrixSize size = MatrixSize.read(text, false, fileBytes);
        checkTriangle(size);
        text.endLine("three numbers (rows, columns, nonzeros)");
        readElements(size);
        mirror();
        return sorted(size, isPattern());
    }

    private void banner() throws IOException {
        String banner = text.word("banner");
        if (!banner.equalsIgnoreCase("%%MatrixMarket")) {
            String reason = banner.equalsIgnoreCase("%MatrixMarket")
                    ? "the banner begins with one percent sign instead of two"
                    : "no Matrix Market file";
            throw text.error(reason + "; expected '%%MatrixMarket matrix coordinate …'");
        }
        word("object", List.of("matrix"));
        word("format", List.of("coordinate"));
        field = word("field", FIELDS);
        symmetry = word("symmetry", SYMMETRIES);
        if (isPattern() && isSkew()) {
            throw text.error(
                    "symmetry: a pattern cannot be skew-symmetric, it has no signs; accepted: general, symmetric");
        }
        text.endLine("five words");
    }

    private boolean isPattern() {
        return field.equals("pattern");
    }

    private boolean isSkew() {
        return symmetry.equals("skew-symmetric");
    }

    private boolean isGeneral() {
        return symmetry.equals("general");
    }

    /** One triangle is given: as many nonzeros as it has, in a square. */
    private void checkTriangle(MatrixSize size) throws MatrixFileException {
        if (isGeneral()) {
            return;
        }
        if (size.rows() != size.cols()) {
            throw text.error("rows and columns: " + size.rows() + " and " + size.cols() + " differ; a " + symmetry
                    + " matrix is square");
        }
        long most = (long) size.rows() * (isSkew() ? size.rows() - 1L : size.rows() + 1L) / 2;
        if (size.nonzeros() > most) {
            throw text.error("nonzeros: " + size.nonzeros() + " are out of range; accepted are 0 to " + most
                    + ", one triangle of a " + symmetry + " matrix");
        }
    }

    private String word(String what, List<String> accepted) throws IOException {
        String word = text.word(what).toLowerCase(Locale.ROOT);
        if (!accepted.contains(word)) {
            throw text.error(
                    what + ": " + text.shown() + " is not supported; accepted: " + String.join(", ", accepted));
        }
        return word;
    }

    private void readElements(MatrixSize size) throws IOException {
        text.skipEmptyLines();
        while (!text.atEnd()) {
            if (text.startsWith('%')) {
                throw text.error("a comment among the elements; comments stand before the sizes only");
            }
            if (rows.size() == size.nonzeros()) {
                throw text.error("more elements than the " + size.nonzeros() + " (nonzeros) of the size line");
            }
            rows.add(text.integer("row", 1, size.rows()) - 1);
            columns.add(text.integer("column", 1, size.cols()) - 1);
            if (isSkew() && rows.last() == columns.last()) {
                throw text.error("row and column: " + (rows.last() + 1)
                        + " is on the diagonal, which is zero in a skew-symmetric matrix and not to be given");
            }
            if (!isPattern()) {
                valueBits.add(Float.floatToRawIntBits(text.real("value", field.equals("integer"))));
            }
            lines.add((int) Math.min(text.line(), Integer.MAX_VALUE));
            text.endLine(isPattern() ? "two numbers (row, column)" : "three numbers (row, column, value)");
            text.skipEmptyLines();
        }
        if (rows.size() < size.nonzeros()) {
            throw text.error(rows.size() + " elements; expected " + size.nonzeros() + " (nonzeros of the size line)");
        }
    }

    /** Adds the other triangle. */
    private void mirror() {
        int given = isGeneral() ? 0 : rows.size();
        for (int i = 0; i < given; i++) {
            if (rows.get(i) == columns.get(i)) {
                continue;
            }
            rows.add(columns.get(i));
            columns.add(rows.get(i));
            lines.add(lines.get(i));
            if (!isPattern()) {
                float value = Float.intBitsToFloat(valueBits.get(i));
                valueBits.add(Float.floatToRawIntBits(isSkew() ? -value : value));
            }
        }
    }

    /** Brings the elements into the order of a pattern. */
    private SparseFile sorted(MatrixSize size, boolean patternOnly) throws IOException {
        int count = rows.size();
        int[] offsets = new int[size.rows() + 1];
        for (int i = 0; i < count; i++) {
            offsets[rows.get(i) + 1]++;
        }
        for (int row = 0; row < size.rows(); row++) {
            offsets[row + 1] += offsets[row];
        }
        // By row, then within each row by column: the column is the upper half of what is sorted, the element the
        // lower.
        long[] order = new long[count];
        int[] next = Arrays.copyOf(offsets, size.rows());
        for (int i = 0; i < count; i++) {
            order[next[rows.get(i)]++] = (long) columns.get(i) << 32 | i;
        }
        for (int row = 0; row < size.rows(); row++) {
            Arrays.sort(order, offsets[row], offsets[row + 1]);
        }
        int[] sortedColumns = new int[count];
        float[] values = new float[patternOnly ? 0 : count];
        for (int i = 0; i < count; i++) {
            int element = (int) order[i];
            sortedColumns[i] = columns.get(element);
            if (!patternOnly) {
                values[i] = Float.intBitsToFloat(valueBits.get(element));
            }
        }
        checkDistinct(offsets, order, sortedColumns);
        BlockPattern pattern = BlockPattern.of(size.rows(), size.cols(), 1, 1, offsets, sortedColumns);
        return new SparseFile(pattern, patternOnly ? null : values);
    }

    private void checkDistinct(int[] offsets, long[] order, int[] sortedColumns) throws IOException {
        for (int row = 0; row + 1 < offsets.length; row++) {
            for (int i = offsets[row] + 1; i < offsets[row + 1]; i++) {
                if (sortedColumns[i] == sortedColumns[i - 1]) {
                    int one = lines.get((int) order[i - 1]);
                    int other = lines.get((int) order[i]);
                    throw text.errorIn(
                            Math.max(one, other),
                            "row " + (row + 1) + ", column " + (sortedColumns[i] + 1)
                                    + " is repeated; it was given in line " + Math.min(one, other)
                                    + (isGeneral() ? "" : ", there or by its mirror image"));
                }
            }
        }
    }
}
