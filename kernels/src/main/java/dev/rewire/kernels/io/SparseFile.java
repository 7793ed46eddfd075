package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.SparsePattern;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.Duplicates;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a file of a sparse matrix holds: where its elements are, and their values if it has any. */
public final class SparseFile {
    private static final String ACCEPTED =
            "accepted are names that end in .smtx (DLMC), .mtx (Matrix Market) or .npz (SciPy)";

    private final BlockPattern elements;
    private final float @Nullable [] values;

    SparseFile(BlockPattern elements, float @Nullable [] values) {
        this.elements = elements;
        this.values = values;
    }

    /**
     * Reads a file. A name ending in {@code .smtx} is taken for DLMC's format: a pattern without values. One ending in {@code .mtx} is
     * taken for Matrix Market's: {@code coordinate} with {@code pattern}, {@code real} or {@code integer} elements, {@code general},
     * {@code symmetric} or {@code skew-symmetric}, whose other triangle is read, too; others are refused. One ending in {@code .npz} is taken for
     * SciPy's ({@link Npz}).
     *
     * <p>Values are rounded to the nearest float, whole numbers too: 16777217 becomes 16777216, 1e-50 zero. What no float holds, 1e39, is refused.
     *
     * @param file what to read
     * @return its content
     * @throws MatrixFileException if the file is malformed, gives a place twice, or has a name of another ending
     * @throws IOException if it cannot be read
     */
    public static SparseFile read(Path file) throws IOException {
        // A directory opens for reading on some systems, and fails with a message that does not say so.
        if (Files.isDirectory(file)) {
            throw new MatrixFileException(file.toString(), 0, "a directory; accepted are .smtx, .mtx and .npz files");
        }
        if (ending(file.toString()).equals("npz")) {
            return of(file, Npz.read(file));
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString(), Files.size(file));
        }
    }

    private static SparseFile of(Path file, SparseArrays arrays) throws MatrixFileException {
        try {
            return ofSorted(arrays.toCsr(Duplicates.REFUSED));
        } catch (IllegalArgumentException e) {
            throw new MatrixFileException(file.toString(), 0, e.getMessage() + " to what Npz.read gives");
        }
    }

    private static SparseFile ofSorted(CsrArrays csr) {
        return new SparseFile(
                BlockPattern.of(csr.rows(), csr.cols(), 1, 1, csr.rowOffsets(), csr.colIndices()), csr.values());
    }

    /**
     * The stored elements of a matrix, zeros among them.
     *
     * @param matrix any format
     * @return what a file of it holds
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    public static SparseFile of(SparseMatrix matrix) {
        return ofSorted(SparseArrays.csr(matrix));
    }

    /**
     * The elements of arrays.
     *
     * @param arrays in any order, each place once
     * @return what a file of it holds
     * @throws IllegalArgumentException if the arrays are no matrix, or a place is given twice
     */
    public static SparseFile of(SparseArrays arrays) {
        return ofSorted(arrays.toCsr(Duplicates.REFUSED));
    }

    /**
     * The places of a pattern, without values.
     *
     * @param pattern any format
     * @return what a file of it holds
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    public static SparseFile of(SparsePattern pattern) {
        return new SparseFile(pattern.asBlocks().covering(1, 1), null);
    }

    static SparseFile read(InputStream in, String name, long bytes) throws IOException {
        return switch (ending(name)) {
            case "smtx" -> SmtxReader.read(new TextScanner(in, name), bytes);
            case "mtx" -> MatrixMarketReader.read(new TextScanner(in, name), bytes);
            default -> throw new MatrixFileException(name, 0, "unknown format; " + ACCEPTED);
        };
    }

    /**
     * Where the elements are. A zero that the file lists is an element like any other.
     *
     * @return a pattern of 1×1 blocks
     */
    public BlockPattern pattern() {
        return elements;
    }

    /**
     * The blocks that hold at least one element.
     *
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @return a pattern of such blocks
     * @throws IllegalArgumentException if a side of the block is out of range, or the blocks are more than a pattern can store
     */
    public BlockPattern pattern(int blockRows, int blockCols) {
        return elements.covering(blockRows, blockCols);
    }

    /**
     * Whether the file gives values to its elements.
     *
     * @return false for a pattern
     */
    public boolean hasValues() {
        return values != null;
    }

    /**
     * The matrix in blocks. What a block holds besides elements of the file is zero.
     *
     * @param arena where the memory comes from
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param random draws the elements from [−1, 1), row by row, if the file has no values
     * @return the matrix
     * @throws IllegalArgumentException if a side of the block is out of range
     */
    public BlockSparseMatrix toMatrix(KernelArena arena, int blockRows, int blockCols, RandomGenerator random) {
        float[] given = values;
        float[] drawn = new float[given == null ? elements.blocks() : 0];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = random.nextFloat(-1, 1);
        }
        return csr(given == null ? drawn : given).toBlocks(arena, blockRows, blockCols);
    }

    private CsrArrays csr(float[] ofElements) {
        return new CsrArrays(
                elements.rows(), elements.cols(), elements.rowOffsets(), elements.colIndices(), ofElements);
    }

    /**
     * Writes a file in the format that its name ends in, beside its place, and moves it there once it is whole.
     *
     * @param file where to, replaced if it exists: {@code .mtx}, general, real or a pattern, in decimal numbers that read as the same floats;
     *     {@code .smtx}, a pattern; {@code .npz}, the CSR of SciPy
     * @throws IllegalArgumentException if the name has another ending, or the format does not hold this content: {@code .smtx} no values,
     *     {@code .npz} no pattern, {@code .mtx} no NaN and no infinity; nothing is replaced
     * @throws IOException if writing fails; nothing is replaced
     */
    public void write(Path file) throws IOException {
        float[] given = values;
        switch (ending(file.toString())) {
            case "smtx" -> {
                if (given != null) {
                    throw new IllegalArgumentException("file: " + file
                            + " is to be of a format without values, and would lose them; write"
                            + " SparseFile.of(matrix.pattern()), or a file that ends in .mtx or .npz");
                }
                WholeFile.stream(file, out -> SparseTextWriter.smtx(out, elements));
            }
            case "mtx" -> {
                checkFinite(given);
                WholeFile.stream(file, out -> SparseTextWriter.matrixMarket(out, elements, given));
            }
            case "npz" -> {
                if (given == null) {
                    throw new IllegalArgumentException("file: " + file
                            + " is to be of a format with values, and this is a pattern; accepted are names that end in"
                            + " .smtx or .mtx");
                }
                Npz.write(file, csr(given));
            }
            default -> throw new IllegalArgumentException("file: " + file + " is of an unknown format; " + ACCEPTED);
        }
    }

    private void checkFinite(float @Nullable [] given) {
        for (int row = 0; given != null && row < elements.rows(); row++) {
            for (int element = elements.rowOffset(row); element < elements.rowOffset(row + 1); element++) {
                if (!Float.isFinite(given[element])) {
                    throw new IllegalArgumentException("row " + row + ", column " + elements.gridCol(element) + ": "
                            + given[element] + " is no decimal number, all that a .mtx file holds; write a .npz file");
                }
            }
        }
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "SparseFile " + elements.rows() + "×" + elements.cols() + ", " + elements.blocks() + " elements"
                + (values == null ? " without values" : "");
    }
}
