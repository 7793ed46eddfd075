package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.BlockPattern;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;

/** Files of the tests, and what reading them must say. */
final class MatrixText {
    private MatrixText() {}

    static SparseFile read(String name, String text) {
        try {
            return read(name, text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SparseFile read(String name, byte[] text) throws IOException {
        return SparseFile.read(new ByteArrayInputStream(text), name, text.length);
    }

    /** Reading is refused in one line that starts as given and names the file and its line. */
    static void assertRefused(String name, String text, int line, String reason) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> read(name, bytes));
        assertEquals(reason, refusal.reason());
        assertEquals(line, refusal.line());
        assertEquals(name, refusal.file());
        assertEquals(name + (line == 0 ? ": " : ", line " + line + ": ") + reason, refusal.getMessage());
    }

    static String smtx(BlockPattern pattern) {
        StringJoiner offsets = new StringJoiner(" ");
        StringJoiner columns = new StringJoiner(" ");
        for (int row = 0; row <= pattern.rows(); row++) {
            offsets.add(Integer.toString(pattern.rowOffset(row)));
        }
        for (int element = 0; element < pattern.blocks(); element++) {
            columns.add(Integer.toString(pattern.gridCol(element)));
        }
        return pattern.rows() + ", " + pattern.cols() + ", " + pattern.blocks() + "\n" + offsets + "\n" + columns
                + "\n";
    }

    /** Each element has a value of its own, {@link #value}. */
    static String matrixMarket(BlockPattern pattern, String field) {
        StringBuilder text = new StringBuilder("%%MatrixMarket matrix coordinate " + field + " general\n% comment\n");
        text.append(pattern.rows() + " " + pattern.cols() + " " + pattern.blocks() + "\n");
        for (int row = 0; row < pattern.rows(); row++) {
            for (int element = pattern.rowOffset(row); element < pattern.rowOffset(row + 1); element++) {
                int col = pattern.gridCol(element);
                text.append(row + 1).append(' ').append(col + 1);
                switch (field) {
                    case "real" -> text.append(' ').append(value(row, col) + 0.5f);
                    case "integer" -> text.append(' ').append((int) value(row, col));
                    default -> {}
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    static float value(int row, int col) {
        return 1000 * row + col;
    }

    static BlockPattern pattern(int rows, int cols, double density, RandomGenerator random) {
        return BlockPattern.random(rows, cols, 1, 1, (int) Math.round(rows * cols * density), random);
    }
}
