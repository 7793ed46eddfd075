package dev.rewire.training.data.table;

import dev.rewire.training.data.ArraySamples;
import dev.rewire.training.data.DataException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape.Features;
import dev.rewire.training.data.TargetShape.Values;
import dev.rewire.training.data.TextFile;
import dev.rewire.training.data.table.TableRows.Row;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of samples, one a line: cells in RFC 4180's format, separated by commas, semicolons or tabs, in UTF-8. Immutable.
 *
 * <p>One column is the label. If it is numbers of which one is no integer, they are learned as they are; else each different value is a class, in the order of the numbers
 * or of the texts' characters. Of the other columns those of numbers are features with mean 0 and variance 1 over the training part; those of up to 64 different texts are a
 * feature for each text, in the order of their characters, which is 1 or 0.
 */
public final class CsvTable {
    private static final int MOST_CLASSES = 65_536;
    private static final int MOST_TEXTS = 64;
    private static final int MOST_FLOATS = Integer.MAX_VALUE - 64;
    private static final double TRAINING_SHARE = 0.9;

    private final Path file;
    private final List<Row> rows;
    private final List<TableColumn> columns;

    /** Names of the columns; empty if there is no header. */
    private final List<String> names;

    private CsvTable(Path file, List<Row> rows, List<String> names) {
        this.file = file;
        this.rows = rows;
        this.names = names;
        columns = IntStream.range(0, rows.get(0).cells().size())
                .mapToObj(c -> new TableColumn(
                        file,
                        rows,
                        c,
                        (c + 1) + (names.isEmpty() ? "" : " (" + TableColumn.shortened(names.get(c)) + ")")))
                .toList();
    }

    /**
     * Reads a table. Its first record is a header if a cell of it is no number where the column goes on with one; or if none of its cells is a number and at
     * most half of them occur again in their columns.
     *
     * @param file a regular file of at least two records besides a header, all of the same number of cells, two and more; a mark of byte order at its start is passed over
     * @return the table
     * @throws DataException if there is no such file, it is empty or not UTF-8, quotes are not right, or the records are too few, too short or of different lengths
     * @throws IOException if reading fails
     */
    public static CsvTable read(Path file) throws IOException {
        String text = TextFile.read(file);
        try {
            List<Row> rows = TableRows.read(file, text);
            Row first = rows.get(0);
            if (first.cells().size() < 2) {
                throw DataException.inLine(
                        file,
                        first.line(),
                        "one cell; accepted are two and more, features and a label, separated by commas, semicolons or tabs");
            }
            boolean header = isHeader(rows);
            List<Row> data = header ? rows.subList(1, rows.size()) : rows;
            if (data.size() < 2) {
                throw DataException.inLine(
                        file,
                        first.line(),
                        "the table has " + data.size()
                                + " records besides its header; accepted are two and more, to train and to test");
            }
            return new CsvTable(file, data, header ? first.cells() : List.of());
        } catch (OutOfMemoryError e) {
            throw DataException.tooLittleHeap(file, "heap for the cells of " + text.length() + " characters", e);
        }
    }

    private static boolean isHeader(List<Row> rows) {
        List<String> first = rows.get(0).cells();
        List<Row> rest = rows.subList(1, rows.size());
        int recurring = 0;
        for (int c = 0; c < first.size(); c++) {
            int column = c;
            if (!TableColumn.isNumber(first.get(c))) {
                if (TableColumn.isText(first.get(c)) && new TableColumn(Path.of(""), rest, c, "").isNumeric()) {
                    return true;
                }
                recurring +=
                        rest.stream().anyMatch(row -> row.cells().get(column).equals(first.get(column))) ? 1 : 0;
            }
        }
        return first.stream().noneMatch(TableColumn::isNumber) && 2 * recurring <= first.size();
    }

    /** {@return the number of records, without the header} */
    public int size() {
        return rows.size();
    }

    /** {@return the names of the columns; empty if the table has no header} */
    public List<String> names() {
        return names;
    }

    /**
     * Nine tenths of the records to train on, and the rest to test with, drawn by a seed.
     *
     * @param label name or number, from 1, of the column to learn; null for the last
     * @param seed decides which records are to test with
     * @return training and test samples, both in the order of the table
     * @throws DataException if there is no such column, a value is missing or out of range, or a column has too many different texts, or a label too many classes
     */
    public DataSplit split(@Nullable String label, long seed) throws DataException {
        TableColumn target = label == null ? columns.get(columns.size() - 1) : column(label);
        int[] order = new CounterRandom(seed, 0, 0, Purpose.SPLIT).permutation(rows.size());
        int training = (int) (rows.size() * TRAINING_SHARE);
        int[] train = Arrays.copyOf(order, training);
        int[] test = Arrays.copyOfRange(order, training, order.length);
        Arrays.sort(train);
        Arrays.sort(test);
        try {
            return split(target, train, test);
        } catch (OutOfMemoryError e) {
            throw DataException.tooLittleHeap(file, "heap for the features of " + rows.size() + " records", e);
        }
    }

    private TableColumn column(String label) throws DataException {
        List<TableColumn> named = columns.stream()
                .filter(c -> !names.isEmpty() && names.get(c.index()).equals(label))
                .toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        for (TableColumn column : columns) {
            if (named.isEmpty() && label.equals(String.valueOf(column.index() + 1))) {
                return column;
            }
        }
        throw DataException.inLine(
                file,
                1,
                (named.isEmpty() ? "no column '" : named.size() + " columns '") + label + "'; accepted are 1 to "
                        + columns.size() + (names.isEmpty() ? "" : ", or one of the names " + shownNames()));
    }

    private String shownNames() {
        String all = String.join(", ", names);
        return all.length() <= 200 ? all : all.substring(0, 200) + "…";
    }

    private DataSplit split(TableColumn target, int[] train, int[] test) throws DataException {
        List<float[]> features = new ArrayList<>();
        for (TableColumn column : columns) {
            if (column.index() != target.index()) {
                addFeatures(column, train, features);
            }
        }
        double[] numbers = target.isNumeric() ? target.numbers() : new double[0];
        if (Arrays.stream(numbers).anyMatch(number -> number != Math.rint(number))) {
            return new DataSplit(regression(features, numbers, train), regression(features, numbers, test));
        }
        int[] classes = target.ranks();
        int count = 1 + Arrays.stream(classes).max().orElse(0);
        if (count > MOST_CLASSES) {
            throw target.tableFault("the label has " + count + " different values; accepted are up to " + MOST_CLASSES
                    + " classes, or numbers with fractions");
        }
        return new DataSplit(classified(features, classes, count, train), classified(features, classes, count, test));
    }

    /** Adds the features that a column becomes, each of them for all records. */
    private static void addFeatures(TableColumn column, int[] train, List<float[]> features) throws DataException {
        if (column.isNumeric()) {
            features.add(standardised(column, train));
            return;
        }
        int[] texts = column.ranks();
        int count = 1 + Arrays.stream(texts).max().orElse(0);
        if (count > MOST_TEXTS) {
            throw column.tooMany(count, MOST_TEXTS);
        }
        for (int text = 0; text < count; text++) {
            float[] feature = new float[texts.length];
            for (int r = 0; r < feature.length; r++) {
                feature[r] = texts[r] == text ? 1 : 0;
            }
            features.add(feature);
        }
    }

    /** A column that is one number throughout the training part has no deviation: it becomes 0 there. */
    private static float[] standardised(TableColumn column, int[] train) throws DataException {
        double[] numbers = column.numbers();
        double first = numbers[train[0]];
        boolean oneNumber = Arrays.stream(train).allMatch(r -> numbers[r] == first);
        double mean = oneNumber ? first : mean(train, r -> numbers[r]);
        double variance = mean(train, r -> (numbers[r] - mean) * (numbers[r] - mean));
        double deviation = variance > 0 ? Math.sqrt(variance) : 1;
        float[] floats = new float[numbers.length];
        for (int r = 0; r < floats.length; r++) {
            floats[r] = (float) ((numbers[r] - mean) / deviation);
            if (!Float.isFinite(floats[r])) {
                throw column.fault(
                        r,
                        "is too far from the mean " + mean + " of the training part, whose deviation is " + deviation
                                + "; accepted are numbers whose distance in deviations is a float");
            }
        }
        return floats;
    }

    private static double mean(int[] rows, IntToDoubleFunction number) {
        return Arrays.stream(rows).mapToDouble(number).average().orElse(0);
    }

    private ArraySamples regression(List<float[]> features, double[] numbers, int[] part) throws DataException {
        float[] values = new float[part.length];
        for (int i = 0; i < part.length; i++) {
            values[i] = (float) numbers[part[i]];
        }
        return ArraySamples.regression(new Features(features.size()), flat(features, part), new Values(1), values);
    }

    private ArraySamples classified(List<float[]> features, int[] classes, int count, int[] part) throws DataException {
        int[] targets = Arrays.stream(part).map(r -> classes[r]).toArray();
        return ArraySamples.classified(new Features(features.size()), flat(features, part), targets, count);
    }

    /** The features of some records, one record after the other. */
    private float[] flat(List<float[]> features, int[] part) throws DataException {
        long floats = (long) features.size() * part.length;
        if (floats > MOST_FLOATS) {
            throw DataException.inLine(
                    file,
                    rows.get(0).line(),
                    features.size() + " features of " + part.length + " records are too many; accepted are up to "
                            + MOST_FLOATS + " floats");
        }
        float[] flat = new float[(int) floats];
        int next = 0;
        for (int r : part) {
            for (float[] feature : features) {
                flat[next++] = feature[r];
            }
        }
        return flat;
    }
}
