package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.io.SparseFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The sparse matrix of a measurement, before its memory is allocated: generated, or what a file holds. */
public final class SparseInput {
    /** Heap that making and planning a pattern takes for each block, and for each row and column of the grid. */
    private static final int BYTES_OF_BLOCK = 48;

    private final BlockPattern pattern;
    private final long nonzeros;
    private final @Nullable SparseFile file;

    private SparseInput(BlockPattern pattern, long nonzeros, @Nullable SparseFile file) {
        this.pattern = pattern;
        this.nonzeros = nonzeros;
        this.file = file;
    }

    /**
     * A random pattern of exactly {@code round((1 − sparsity) · grid)} blocks.
     *
     * @param rows outputs, at least 0
     * @param cols inputs, at least 0
     * @param blockRows rows of a block
     * @param blockCols columns of a block
     * @param sparsity share of the grid that is not stored, 0 to 1
     * @param seed of the choice
     * @return the input
     * @throws InvalidInputException if the heap does not hold such a pattern
     */
    public static SparseInput generated(int rows, int cols, int blockRows, int blockCols, double sparsity, long seed) {
        long gridRows = Math.ceilDiv(rows, blockRows);
        long gridCols = Math.ceilDiv(cols, blockCols);
        long blocks = Math.round((1 - sparsity) * (gridRows * gridCols));
        long heap = Runtime.getRuntime().maxMemory();
        if (blocks > Integer.MAX_VALUE - 8 || (blocks + gridRows + gridCols) * BYTES_OF_BLOCK > heap) {
            throw new InvalidInputException("--sparsity " + sparsity + ": " + blocks + " blocks of " + blockRows + "x"
                    + blockCols + " in " + rows + "×" + cols + "; accepted are patterns that fit a heap of "
                    + (heap >> 20)
                    + " MiB, at most " + heap / BYTES_OF_BLOCK + " blocks");
        }
        BlockPattern pattern =
                BlockPattern.random(rows, cols, blockRows, blockCols, (int) blocks, new SplittableRandom(seed));
        return new SparseInput(pattern, elementsInside(pattern), null);
    }

    /**
     * The blocks that hold an element of a file.
     *
     * @param file pattern, and values if it has any
     * @param blockRows rows of a block
     * @param blockCols columns of a block
     * @return the input
     */
    public static SparseInput of(SparseFile file, int blockRows, int blockCols) {
        return new SparseInput(
                file.pattern(blockRows, blockCols), file.pattern().blocks(), file);
    }

    /**
     * The places of the blocks.
     *
     * @return the pattern that is multiplied
     */
    public BlockPattern pattern() {
        return pattern;
    }

    /**
     * Number of elements that are not zero by construction.
     *
     * @return the elements of the file, or those of generated blocks less the padding
     */
    public long nonzeros() {
        return nonzeros;
    }

    /** The matrix, its values drawn from [−1, 1) unless the file gives them. */
    BlockSparseMatrix allocate(KernelArena arena, RandomGenerator random) {
        if (file != null) {
            return file.toMatrix(arena, pattern.blockRows(), pattern.blockCols(), random);
        }
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
        MemorySegment values = matrix.values();
        int height = pattern.blockRows();
        int width = pattern.blockCols();
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int rows = Math.min(height, pattern.rows() - gridRow * height);
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int cols = Math.min(width, pattern.cols() - pattern.gridCol(block) * width);
                for (int row = 0; row < rows; row++) {
                    for (int col = 0; col < cols; col++) {
                        long index = ((long) block * height + row) * width + col;
                        values.setAtIndex(ValueLayout.JAVA_FLOAT, index, random.nextFloat(-1, 1));
                    }
                }
            }
        }
        return matrix;
    }

    private static long elementsInside(BlockPattern pattern) {
        long elements = 0;
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            long rows = Math.min(pattern.blockRows(), pattern.rows() - gridRow * pattern.blockRows());
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * pattern.blockCols();
                elements += rows * Math.min(pattern.blockCols(), pattern.cols() - firstCol);
            }
        }
        return elements;
    }
}
