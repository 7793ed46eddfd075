package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * The format of the Deep Learning Matrix Collection (Gale et al. 2020), CSR without values in three lines: {@code rows, columns, nonzeros};
 * rows + 1 offsets of rows; the column of each nonzero, from 0 and strictly increasing in a row. Without nonzeros the third line is empty
 * or absent.
 */
final class SmtxReader {
    private final TextScanner text;
    private final MatrixSize size;
    private final IntList offsets = new IntList();
    private final IntList columns = new IntList();

    /** The row that columns are read for. */
    private int row;

    private SmtxReader(TextScanner text, MatrixSize size) {
        this.text = text;
        this.size = size;
    }

    static SparseFile read(TextScanner text, long fileBytes) throws IOException {
        text.skipByteOrderMark();
        MatrixSize size = MatrixSize.read(text, true, fileBytes);
        text.endLine("three numbers (rows, columns, nonzeros)");
        return new SmtxReader(text, size).read();
    }

    private SparseFile read() throws IOException {
        readOffsets();
        text.endLine("the " + offsets.size() + " row offsets (rows + 1)");
        readColumns();
        text.endLine("the " + columns.size() + " column indices (nonzeros)");
        text.skipEmptyLines();
        if (!text.atEnd()) {
            throw text.error("text after the column indices; accepted are three lines");
        }
        return new SparseFile(
                BlockPattern.of(size.rows(), size.cols(), 1, 1, offsets.toArray(), columns.toArray()), null);
    }

    private void readOffsets() throws IOException {
        // Lines are long: a place is put into words only for an error.
        Supplier<String> what = () -> "row offset " + offsets.size();
        int previous = 0;
        while (offsets.size() <= size.rows() && !text.atLineEnd()) {
            int offset = text.integer(what, 0, Integer.MAX_VALUE);
            checkOffset(what, offset, previous);
            offsets.add(offset);
            previous = offset;
        }
        if (offsets.size() <= size.rows()) {
            throw text.error(
                    "short line: " + offsets.size() + " row offsets; expected " + (size.rows() + 1L) + " (rows + 1)");
        }
        if (previous != size.nonzeros()) {
            throw text.error(
                    "the last row offset is " + previous + ", but line 1 says " + size.nonzeros() + " nonzeros");
        }
    }

    private void checkOffset(Supplier<String> what, int offset, int previous) throws MatrixFileException {
        if (offsets.size() == 0 && offset != 0) {
            throw text.error(what.get() + ": " + offset + "; expected 0");
        }
        if (offset < previous) {
            throw text.error(what.get() + ": " + offset + " is less than the one before it, " + previous);
        }
        if (offset > size.nonzeros()) {
            throw text.error(what.get() + ": " + offset + " is more than the nonzeros of line 1, " + size.nonzeros());
        }
        if (offset - previous > size.cols()) {
            throw text.error(what.get() + ": " + offset + " gives row " + (offsets.size() - 1) + " "
                    + (offset - previous) + " nonzeros in " + size.cols() + " columns");
        }
    }

    private void readColumns() throws IOException {
        Supplier<String> what = () -> "column index " + columns.size() + " (row " + row + ")";
        int previous = -1;
        while (columns.size() < size.nonzeros() && !text.atLineEnd()) {
            while (columns.size() == offsets.get(row + 1)) {
                row++;
                previous = -1;
            }
            int column = text.integer(what, 0, size.cols() - 1);
            if (column <= previous) {
                throw text.error(what.get() + ": " + column
                        + (column == previous ? " is repeated" : " comes after " + previous)
                        + "; accepted are strictly increasing columns");
            }
            columns.add(column);
            previous = column;
        }
        if (columns.size() < size.nonzeros()) {
            throw text.error(
                    "short line: " + columns.size() + " column indices; expected " + size.nonzeros() + " (nonzeros)");
        }
    }
}
