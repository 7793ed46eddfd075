package dev.rewire.training.data;

import java.util.Arrays;
import java.util.BitSet;

/** The characters of a text, in the order of their code points: token i is the i-th. Immutable. */
public final class Vocabulary {
    private final int[] characters;

    private Vocabulary(int[] characters) {
        this.characters = characters;
    }

    /**
     * The characters that a text has.
     *
     * @param text any text
     * @return each code point of it once
     */
    public static Vocabulary of(String text) {
        BitSet characters = new BitSet();
        text.codePoints().forEach(characters::set);
        return new Vocabulary(characters.stream().toArray());
    }

    /** {@return the number of characters} */
    public int size() {
        return characters.length;
    }

    /**
     * Tokens of a text.
     *
     * @param text of characters that are in this vocabulary
     * @return a token for each code point
     * @throws IllegalArgumentException if a character is not in this vocabulary
     */
    public int[] encode(String text) {
        return text.codePoints().map(this::token).toArray();
    }

    private int token(int character) {
        int token = Arrays.binarySearch(characters, character);
        if (token < 0) {
            throw new IllegalArgumentException(String.format(
                    "text: character U+%04X is none of the %d of this vocabulary", character, characters.length));
        }
        return token;
    }

    /**
     * The text of tokens.
     *
     * @param tokens 0 to {@link #size} &minus; 1 each
     * @return their characters
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder(tokens.length);
        for (int token : tokens) {
            text.appendCodePoint(characters[token]);
        }
        return text.toString();
    }

    /** The characters, one after the other. */
    @Override
    public String toString() {
        return new String(characters, 0, characters.length);
    }
}
