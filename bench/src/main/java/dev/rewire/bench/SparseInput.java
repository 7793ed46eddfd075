package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.io.SparseFile;
import dev.rewire.kernels.prune.NmPruning;
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
    private final @Nullable NmPattern nm;

    private SparseInput(BlockPattern pattern, long nonzeros, @Nullable SparseFile file, @Nullable NmPattern nm) {
        this.pattern = pattern;
        this.nonzeros = nonzeros;
        this.file = file;
        this.nm = nm;
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
        checkHeap("--sparsity " + sparsity, blocks, gridRows + gridCols, blockRows, blockCols, rows, cols);
        BlockPattern pattern =
                BlockPattern.random(rows, cols, blockRows, blockCols, (int) blocks, new SplittableRandom(seed));
        return new SparseInput(pattern, elementsInside(pattern), null, null);
    }

    /**
     * A random N:M pattern.
     *
     * @param rows outputs, at least 0
     * @param cols inputs, a multiple of m
     * @param n elements kept of each group
     * @param m elements of a group
     * @param sharedRows outputs that keep the same places
     * @param seed of the choice
     * @return the input
     * @throws InvalidInputException if the heap does not hold such a pattern
     */
    public static SparseInput nm(int rows, int cols, int n, int m, int sharedRows, long seed) {
        checkNmHeap(rows, cols, n, m);
        return of(NmPattern.random(rows, cols, n, m, sharedRows, new SplittableRandom(seed)));
    }

    /**
     * A random N:M pattern whose transposed matrix is N:M too.
     *
     * @param rows outputs, a multiple of m
     * @param cols inputs, a multiple of m
     * @param n elements kept of each group
     * @param m elements of a group, 2 or 4
     * @param seed of the choice
     * @return the input
     * @throws InvalidInputException if the heap does not hold such a pattern
     */
    public static SparseInput transposableNm(int rows, int cols, int n, int m, long seed) {
        checkNmHeap(rows, cols, n, m);
        RandomGenerator random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open()) {
            DenseMatrix dense = DenseMatrix.allocate(arena, rows, cols);
            for (int row = 0; row < rows; row++) {
                for (int col = 0; col < cols; col++) {
                    dense.set(row, col, random.nextFloat());
                }
            }
            return of(NmPruning.transposable(dense, n, m));
        }
    }

    private static void checkHeap(
            String argument, long blocks, long grid, int blockRows, int blockCols, int rows, int cols) {
        long heap = Runtime.getRuntime().maxMemory();
        if (blocks > Integer.MAX_VALUE - 8 || (blocks + grid) * BYTES_OF_BLOCK > heap) {
            throw new InvalidInputException(argument + ": " + blocks + " blocks of " + blockRows + "x" + blockCols
                    + " in " + rows + "×" + cols + "; accepted are patterns that fit a heap of " + (heap >> 20)
                    + " MiB, at most " + heap / BYTES_OF_BLOCK + " blocks");
        }
    }

    private static void checkNmHeap(int rows, int cols, int n, int m) {
        checkHeap("--nm " + n + ":" + m, (long) rows * (cols / m) * n, (long) rows + cols, 1, 1, rows, cols);
    }

    private static SparseInput of(NmPattern nm) {
        int[] offsets = new int[nm.rows() + 1];
        int[] columns = new int[nm.elements()];
        int next = 0;
        for (int row = 0; row < nm.rows(); row++) {
            for (int group = 0; group < nm.groups(); group++) {
                for (int k = 0; k < nm.n(); k++) {
                    columns[next++] = group * nm.m() + nm.index(row, group, k);
                }
            }
            offsets[row + 1] = next;
        }
        BlockPattern csr = BlockPattern.of(nm.rows(), nm.cols(), 1, 1, offsets, columns);
        return new SparseInput(csr, nm.elements(), null, nm);
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
                file.pattern(blockRows, blockCols), file.pattern().blocks(), file, null);
    }

    /**
     * The places of the blocks; those of an N:M pattern as 1×1 blocks.
     *
     * @return the pattern that is multiplied
     */
    public BlockPattern pattern() {
        return pattern;
    }

    /**
     * The pattern as N:M.
     *
     * @return null if it is multiplied as blocks
     */
    public @Nullable NmPattern nm() {
        return nm;
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
