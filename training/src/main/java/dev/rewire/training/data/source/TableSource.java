package dev.rewire.training.data.source;

import dev.rewire.training.data.table.CsvTable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that holds a table.
 *
 * @param file a table in RFC 4180's format
 */
public record TableSource(Path file) implements DataSource {
    /**
     * Reads the table.
     *
     * @return the table
     * @throws dev.rewire.training.data.DataException if the file is no table
     * @throws IOException if reading fails
     */
    public CsvTable load() throws IOException {
        return CsvTable.read(file);
    }
}
