package dev.rewire.training.data.table;

import dev.rewire.training.data.DataException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The records of a table in RFC 4180's format, all of one number of cells, with the lines in which they begin. Blanks around a cell are no part of it; empty lines are
 * passed over.
 */
final class TableRows {
    private static final char[] SEPARATORS = {',', ';', '\t'};

    /** Records that are looked at to tell what separates cells. */
    private static final int SAMPLE = 20;

    /** A record, and the line in which it begins. */
    record Row(long line, List<String> cells) {}

    private TableRows() {}

    /** Reads all records of a text. */
    static List<Row> read(Path file, String text) throws DataException {
        char separator = separator(file, text);
        List<Row> rows = records(file, text, separator, Integer.MAX_VALUE);
        if (rows.isEmpty()) {
            throw DataException.inLine(file, 1, "there is no record; accepted is a table");
        }
        int columns = rows.get(0).cells().size();
        for (Row row : rows) {
            if (row.cells().size() != columns) {
                throw DataException.inLine(
                        file,
                        row.line(),
                        row.cells().size() + " cells; accepted are " + columns + ", as in line "
                                + rows.get(0).line() + " (separated by " + name(separator) + ")");
            }
        }
        return rows;
    }

    /** What cuts the first records into the most cells, the same number of each; where nothing does so, what is most frequent in the first. */
    private static char separator(Path file, String text) {
        char best = SEPARATORS[0];
        int most = 0;
        for (char separator : SEPARATORS) {
            List<Row> sample;
            try {
                sample = records(file, text, separator, SAMPLE);
            } catch (DataException e) {
                continue; // With another separator its quotes may be right; if not, reading all says what is wrong.
            }
            int cells = sample.isEmpty() ? 0 : sample.get(0).cells().size();
            boolean even = sample.stream().allMatch(row -> row.cells().size() == cells);
            int score = cells < 2 ? 0 : even ? cells * SAMPLE : cells;
            if (score > most) {
                most = score;
                best = separator;
            }
        }
        return best;
    }

    private static List<Row> records(Path file, String text, char separator, int most) throws DataException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreSurroundingSpaces(true)
                .get();
        List<Row> rows = new ArrayList<>();
        long line = 1;
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            Iterator<CSVRecord> records = parser.iterator();
            while (rows.size() < most && records.hasNext()) {
                List<String> cells = List.of(records.next().values());
                if (cells.size() > 1 || !cells.get(0).isEmpty()) {
                    rows.add(new Row(line, cells));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (IOException | UncheckedIOException e) {
            // A text in memory can be read; what can be wrong with it is its quotes.
            DataException fault =
                    DataException.inLine(file, line, "quotes are not as RFC 4180 has them (" + e.getMessage() + ")");
            fault.initCause(e);
            throw fault;
        }
        return rows;
    }

    private static String name(char separator) {
        return separator == '\t' ? "tabs" : "'" + separator + "'";
    }
}
