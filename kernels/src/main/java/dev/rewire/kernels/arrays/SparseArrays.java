package dev.rewire.kernels.arrays;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;

/**
 * A sparse matrix in arrays, in one of the formats that libraries exchange. A record of this kind only holds the arrays, which it does not copy;
 * what is wrong with them shows when they are converted. All indices count from 0; they need not be sorted. A zero that is stored is an element
 * like any other.
 *
 * <pre>{@code
 * BlockSparseMatrix w = new CsrArrays(rows, cols, rowOffsets, colIndices, values).toBlocks(arena, 4, 4);
 * CsrArrays back = SparseArrays.csr(w);
 * }</pre>
 *
 * <p>Conversions take time and memory in proportion to what is stored and to the sides of the matrix, never to their product.
 */
public sealed interface SparseArrays permits CsrArrays, CscArrays, CooArrays, BsrArrays {
    /**
     * Rows of the matrix.
     *
     * @return at least 0
     */
    int rows();

    /**
     * Columns of the matrix.
     *
     * @return at least 0
     */
    int cols();

    /**
     * Checks sizes, offsets and indices.
     *
     * @throws IllegalArgumentException if the arrays are no matrix; the message names the first wrong entry
     */
    void check();

    /**
     * The same elements sorted, each place once, and checked.
     *
     * @param duplicates what becomes of a place that is given twice
     * @return blocks as they are given, or 1×1 blocks
     * @throws IllegalArgumentException if the arrays are no matrix; the message names the first wrong entry
     */
    BsrArrays sorted(Duplicates duplicates);

    /**
     * The blocks that hold a stored element, in 32-bit floats. What a block holds besides is zero.
     *
     * @param arena where the memory comes from
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param duplicates what becomes of a place that is given twice
     * @return the matrix
     * @throws IllegalArgumentException if the arrays are no matrix, or a side of the block is out of range
     */
    default BlockSparseMatrix toBlocks(KernelArena arena, int blockRows, int blockCols, Duplicates duplicates) {
        return sorted(duplicates).spread(arena, blockRows, blockCols);
    }

    /**
     * The blocks that hold a stored element, in 32-bit floats. What a block holds besides is zero.
     *
     * @param arena where the memory comes from
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @return the matrix
     * @throws IllegalArgumentException if the arrays are no matrix, a place is given twice, or a side of the block is out of range
     */
    default BlockSparseMatrix toBlocks(KernelArena arena, int blockRows, int blockCols) {
        return toBlocks(arena, blockRows, blockCols, Duplicates.REFUSED);
    }

    /**
     * The elements row by row, sorted.
     *
     * @param duplicates what becomes of a place that is given twice
     * @return new arrays
     * @throws IllegalArgumentException if the arrays are no matrix
     */
    default CsrArrays toCsr(Duplicates duplicates) {
        BsrArrays sorted = sorted(duplicates);
        return CsrArrays.of(sorted.pattern(), at -> sorted.values()[(int) at]);
    }

    /**
     * The stored elements of a matrix row by row, in ascending order of columns; those of the padding of blocks are left out, other zeros are not:
     * {@link CsrArrays#withoutZeros} is for that.
     *
     * @param matrix any format
     * @return new arrays
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    static CsrArrays csr(SparseMatrix matrix) {
        ValueType type = matrix.type();
        MemorySegment values = matrix.values();
        return CsrArrays.of(matrix.pattern().asBlocks(), at -> type.get(values, at));
    }

    /**
     * The stored elements of a matrix column by column, in ascending order of rows.
     *
     * @param matrix any format
     * @return new arrays
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    static CscArrays csc(SparseMatrix matrix) {
        return CscArrays.of(csr(matrix));
    }

    /**
     * The stored elements of a matrix with their places, row by row, in ascending order of columns.
     *
     * @param matrix any format
     * @return new arrays
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    static CooArrays coo(SparseMatrix matrix) {
        return CooArrays.of(csr(matrix));
    }

    /**
     * The blocks of a matrix.
     *
     * @param matrix its values in any type, which become floats
     * @return new arrays; what lies outside of the matrix is zero
     * @throws IllegalArgumentException if the elements are more than an array holds
     */
    static BsrArrays bsr(BlockSparseMatrix matrix) {
        return BsrArrays.of(matrix);
    }
}
