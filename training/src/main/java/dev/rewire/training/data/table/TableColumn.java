package dev.rewire.training.data.table;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.table.TableRows.Row;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A column of a table: numbers, or texts. A missing value is refused, not guessed.
 *
 * @param file the table's
 * @param rows the records of the table, without its header
 * @param index its place in a record, from 0
 * @param title how messages call it: its number, from 1, and its name if it has one
 */
record TableColumn(Path file, List<Row> rows, int index, String title) {
    /** Java's own parser takes more: hexadecimal digits, a letter for the type, NaN. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /** What stands for a missing value among numbers. */
    private static final Set<String> MISSING = Set.of("", "?", "-", "na", "n/a", "nan", "null", "none");

    private static final int MOST_SHOWN = 40;

    /** Whether a cell is a decimal number. */
    static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).matches();
    }

    /** Whether a cell is neither a number nor stands for a missing one. */
    static boolean isText(String cell) {
        return !isNumber(cell) && !MISSING.contains(cell.toLowerCase(Locale.ROOT));
    }

    String cell(int row) {
        return rows.get(row).cells().get(index);
    }

    /** Whether the column is numbers, some of which may be missing. */
    boolean isNumeric() {
        return firstText().isEmpty()
                && rows.stream().anyMatch(row -> isNumber(row.cells().get(index)));
    }

    private Optional<Row> firstText() {
        return rows.stream().filter(row -> isText(row.cells().get(index))).findFirst();
    }

    /** The numbers of the column. */
    double[] numbers() throws DataException {
        double[] numbers = new double[rows.size()];
        for (int r = 0; r < numbers.length; r++) {
            requirePresent(r, isNumber(cell(r)));
            // Minus zero becomes zero, which it equals.
            numbers[r] = Double.parseDouble(cell(r)) + 0.0;
            if (Math.abs(numbers[r]) > Float.MAX_VALUE) {
                throw fault(r, "is out of range; accepted are numbers up to " + Float.MAX_VALUE);
            }
        }
        return numbers;
    }

    /** The texts of the column. */
    String[] texts() throws DataException {
        String[] texts = new String[rows.size()];
        for (int r = 0; r < texts.length; r++) {
            texts[r] = cell(r);
            requirePresent(r, !texts[r].isEmpty());
        }
        return texts;
    }

    /** The place of each cell among the column's different values: numbers by size, texts by their characters. */
    int[] ranks() throws DataException {
        if (isNumeric()) {
            double[] numbers = numbers();
            double[] different = Arrays.stream(numbers).sorted().distinct().toArray();
            return Arrays.stream(numbers)
                    .mapToInt(n -> Arrays.binarySearch(different, n))
                    .toArray();
        }
        String[] texts = texts();
        String[] different = new TreeSet<>(Arrays.asList(texts)).toArray(String[]::new);
        return Arrays.stream(texts)
                .mapToInt(t -> Arrays.binarySearch(different, t))
                .toArray();
    }

    private void requirePresent(int row, boolean present) throws DataException {
        if (!present) {
            String found = cell(row).isEmpty() ? "" : " (" + shown(cell(row)) + ")";
            throw fault(rows.get(row), "the value is missing" + found + "; accepted is one in every cell");
        }
    }

    /** The error for a column of too many texts: the first of them is where to look. */
    DataException tooMany(int found, int most) {
        Row row = firstText().orElse(rows.get(0));
        return fault(
                row,
                shown(row.cells().get(index)) + " is no number, and the column has " + found
                        + " different texts; accepted are numbers, or up to " + most + " texts");
    }

    /** The error for a cell. */
    DataException fault(int row, String reason) {
        return fault(rows.get(row), shown(cell(row)) + " " + reason);
    }

    /** The error for the column as a whole. */
    DataException tableFault(String reason) {
        return fault(rows.get(0), reason);
    }

    private DataException fault(Row row, String reason) {
        return DataException.inCell(file, row.line(), title, reason);
    }

    private static String shown(String cell) {
        return "'" + shortened(cell) + "'";
    }

    static String shortened(String cell) {
        return cell.length() <= MOST_SHOWN ? cell : cell.substring(0, MOST_SHOWN) + "…";
    }
}
