package dev.rewire.training.data;

import dev.rewire.training.data.SampleShape.Tokens;
import java.io.IOException;
import java.nio.file.Path;

/** A text as tokens, one for each character, as nanoGPT's character models read it. Immutable. */
public final class CharacterText {
    /** Source: nanoGPT, data/shakespeare_char/prepare.py. */
    private static final double TRAINING_SHARE = 0.9;

    private final Path file;
    private final Vocabulary vocabulary;
    private final int[] tokens;

    private CharacterText(Path file, Vocabulary vocabulary, int[] tokens) {
        this.file = file;
        this.vocabulary = vocabulary;
        this.tokens = tokens;
    }

    /**
     * Reads a text.
     *
     * @param file a text in UTF-8, up to 2 GiB; a mark of byte order at its start is passed over
     * @return the text
     * @throws DataException if there is no such regular file, it is empty, or not UTF-8
     * @throws IOException if reading fails
     */
    public static CharacterText read(Path file) throws IOException {
        String text = TextFile.read(file);
        try {
            Vocabulary vocabulary = Vocabulary.of(text);
            return new CharacterText(file, vocabulary, vocabulary.encode(text));
        } catch (OutOfMemoryError e) {
            throw DataException.tooLittleHeap(file, "heap for " + text.length() + " tokens", e);
        }
    }

    /** {@return the characters that the text has} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** {@return the number of characters} */
    public int length() {
        return tokens.length;
    }

    /**
     * The first nine tenths of the text to train on, in windows at any place; the rest to validate on, in windows that follow each other.
     *
     * @param window tokens of a window, at least 1
     * @return windows, whose targets are the characters that come next
     * @throws DataException if the text is too short for a window in both parts
     * @throws IllegalArgumentException if the window is out of range
     */
    public DataSplit split(int window) throws DataException {
        Tokens shape = new Tokens(window, vocabulary.size());
        int training = (int) (tokens.length * TRAINING_SHARE);
        int rest = tokens.length - training;
        if (Math.min(training, rest) <= window) {
            throw new DataException(
                    file,
                    0,
                    "has " + tokens.length + " characters, " + training + " to train on and " + rest
                            + " to validate on; accepted are " + (window + 1L)
                            + " and more in each, a window of " + window + " and the character after it");
        }
        return new DataSplit(
                new TokenSamples(tokens, 0, training, shape, 1),
                new TokenSamples(tokens, training, tokens.length, shape, window));
    }
}
