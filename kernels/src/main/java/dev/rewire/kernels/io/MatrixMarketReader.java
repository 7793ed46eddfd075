package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Matrix Market's coordinate format (Boisvert, Pozo and Remington 1996): a line that says what follows, comments, {@code rows columns
 * nonzeros}, and for each nonzero a line {@code row column [value]}, counted from 1, in any order.
 */
final class MatrixMarketReader {
    private static final List<String> FIELDS = List.of("pattern", "real", "integer");

    private final TextScanner text;
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
        String field = banner();
        while (text.atLineEnd() ? !text.atEnd() : text.startsWith('%')) {
            text.skipLine();
        }
        MatrixSize size = MatrixSize.read(text, false, fileBytes);
        text.endLine("three numbers (rows, columns, nonzeros)");
        readElements(field, size);
        return sorted(size, field.equals("pattern"));
    }

    private String banner() throws IOException {
        String banner = text.word("banner");
        if (!banner.equals("%%MatrixMarket")) {
            throw text.error("no Matrix Market file; expected '%%MatrixMarket matrix coordinate …'");
        }
        word("object", List.of("matrix"));
        word("format", List.of("coordinate"));
        String field = word("field", FIELDS);
        word("symmetry", List.of("general"));
        text.endLine("five words");
        return field;
    }

    private String word(String what, List<String> accepted) throws IOException {
        String word = text.word(what).toLowerCase(Locale.ROOT);
        if (!accepted.contains(word)) {
            throw text.error(
                    what + ": " + text.shown() + " is not supported; accepted: " + String.join(", ", accepted));
        }
        return word;
    }

    private void readElements(String field, MatrixSize size) throws IOException {
        text.skipEmptyLines();
        while (!text.atEnd()) {
            if (rows.size() == size.nonzeros()) {
                throw text.error("more elements than the " + size.nonzeros() + " (nonzeros) of the size line");
            }
            rows.add(text.integer("row", 1, size.rows()) - 1);
            columns.add(text.integer("column", 1, size.cols()) - 1);
            if (!field.equals("pattern")) {
                valueBits.add(Float.floatToRawIntBits(text.real("value", field.equals("integer"))));
            }
            lines.add((int) Math.min(text.line(), Integer.MAX_VALUE));
            text.endLine(field.equals("pattern") ? "two numbers (row, column)" : "three numbers (row, column, value)");
            text.skipEmptyLines();
        }
        if (rows.size() < size.nonzeros()) {
            throw text.error(rows.size() + " elements; expected " + size.nonzeros() + " (nonzeros of the size line)");
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
                    throw text.errorIn(
                            lines.get((int) order[i]),
                            "row " + (row + 1) + ", column "
                                    + (sortedColumns[i] + 1) + " is repeated; it was given in line "
                                    + lines.get((int) order[i - 1]));
                }
            }
        }
    }
}
