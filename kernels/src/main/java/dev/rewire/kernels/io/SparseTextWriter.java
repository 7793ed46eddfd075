package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the two formats of text, as their readers read them. Values come back bit by bit. */
final class SparseTextWriter {
    private static final int FULL = 1 << 15;

    private final OutputStream out;
    private final StringBuilder text = new StringBuilder();

    private SparseTextWriter(OutputStream out) {
        this.out = out;
    }

    static void matrixMarket(OutputStream out, BlockPattern elements, float @Nullable [] values) throws IOException {
        SparseTextWriter writer = new SparseTextWriter(out);
        writer.text.append("%%MatrixMarket matrix coordinate ");
        writer.text.append(values == null ? "pattern" : "real").append(" general\n");
        writer.text.append(elements.rows()).append(' ').append(elements.cols()).append(' ');
        writer.text.append(elements.blocks()).append('\n');
        for (int row = 0; row < elements.rows(); row++) {
            for (int element = elements.rowOffset(row); element < elements.rowOffset(row + 1); element++) {
                writer.text.append(row + 1).append(' ').append(elements.gridCol(element) + 1);
                if (values != null) {
                    writer.text.append(' ').append(values[element]);
                }
                writer.text.append('\n');
                writer.flush(FULL);
            }
        }
        writer.flush(0);
    }

    static void smtx(OutputStream out, BlockPattern elements) throws IOException {
        SparseTextWriter writer = new SparseTextWriter(out);
        writer.text.append(elements.rows()).append(", ").append(elements.cols()).append(", ");
        writer.text.append(elements.blocks()).append('\n');
        for (int row = 0; row <= elements.rows(); row++) {
            writer.number(row, elements.rowOffset(row));
        }
        writer.text.append('\n');
        for (int element = 0; element < elements.blocks(); element++) {
            writer.number(element, elements.gridCol(element));
        }
        writer.text.append('\n');
        writer.flush(0);
    }

    private void number(int place, int number) throws IOException {
        if (place > 0) {
            text.append(' ');
        }
        text.append(number);
        flush(FULL);
    }

    private void flush(int from) throws IOException {
        if (text.length() > from) {
            out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
            text.setLength(0);
        }
    }
}
