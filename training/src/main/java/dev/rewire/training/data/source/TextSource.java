package dev.rewire.training.data.source;

import dev.rewire.training.data.CharacterText;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file whose characters are learned.
 *
 * @param file a text in UTF-8
 */
public record TextSource(Path file) implements DataSource {
    /**
     * Reads the text.
     *
     * @return the text
     * @throws dev.rewire.training.data.DataException if the file is empty or not UTF-8
     * @throws IOException if reading fails
     */
    public CharacterText load() throws IOException {
        return CharacterText.read(file);
    }
}
