package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a file of a sparse matrix holds: where its elements are, and their values if it has any. */
public final class SparseFile {
    private final BlockPattern elements;
    private final float @Nullable [] values;

    SparseFile(BlockPattern elements, float @Nullable [] values) {
        this.elements = elements;
        this.values = values;
    }

    /**
     * Reads a file. A name ending in {@code .smtx} is taken for DLMC's format: a pattern without values. One ending in {@code .mtx} is
     * taken for Matrix Market's: {@code coordinate} with {@code pattern}, {@code real} or {@code integer} elements, {@code general}
     * (no symmetry implied); others are refused.
     *
     * @param file what to read
     * @return its content
     * @throws MatrixFileException if the file is malformed, or its name has another ending
     * @throws IOException if it cannot be read
     */
    public static SparseFile read(Path file) throws IOException {
        // A directory opens for reading on some systems, and fails with a message that does not say so.
        if (Files.isDirectory(file)) {
            throw new MatrixFileException(file.toString(), 0, "a directory; accepted are .smtx and .mtx files");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString(), Files.size(file));
        }
    }

    static SparseFile read(InputStream in, String name, long bytes) throws IOException {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "smtx" -> SmtxReader.read(new TextScanner(in, name), bytes);
            case "mtx" -> MatrixMarketReader.read(new TextScanner(in, name), bytes);
            default ->
                throw new MatrixFileException(
                        name, 0, "unknown format; accepted are names that end in .smtx (DLMC) or .mtx (Matrix Market)");
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
        checkBlock("blockRows", blockRows);
        checkBlock("blockCols", blockCols);
        return blockRows == 1 && blockCols == 1 ? elements : BlockCover.of(elements, blockRows, blockCols);
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
        BlockPattern blocks = pattern(blockRows, blockCols);
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, blocks);
        MemorySegment stored = matrix.values();
        float[] given = values;
        for (int row = 0; row < elements.rows(); row++) {
            for (int element = elements.rowOffset(row); element < elements.rowOffset(row + 1); element++) {
                int col = elements.gridCol(element);
                long block = blocks.find(row / blockRows, col / blockCols);
                long index = (block * blockRows + row % blockRows) * blockCols + col % blockCols;
                float value = given == null ? random.nextFloat(-1, 1) : given[element];
                stored.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            }
        }
        return matrix;
    }

    private static void checkBlock(String argument, int side) {
        if (side < 1 || side > BlockPattern.MAX_BLOCK) {
            throw new IllegalArgumentException(
                    argument + ": " + side + " is out of range; accepted are 1 to " + BlockPattern.MAX_BLOCK);
        }
    }
}
