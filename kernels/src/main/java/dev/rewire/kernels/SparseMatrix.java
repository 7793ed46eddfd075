package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A sparse matrix in one of the formats that products know: a {@link SparsePattern} and, off-heap, the values of its places. Plans, files and
 * benchmarks take any; what only one format has is a method of its class.
 */
public sealed interface SparseMatrix permits BlockSparseMatrix, SemiStructuredMatrix {
    /**
     * A matrix of zeros, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param pattern the places, which decide on the format
     * @return the matrix
     */
    static SparseMatrix allocate(KernelArena arena, SparsePattern pattern) {
        return allocate(arena, pattern, ValueType.F32);
    }

    /**
     * A matrix of zeros.
     *
     * @param arena where the memory comes from
     * @param pattern the places, which decide on the format
     * @param type how values are stored; only forward products read others than F32
     * @return the matrix
     */
    static SparseMatrix allocate(KernelArena arena, SparsePattern pattern, ValueType type) {
        return switch (pattern) {
            case BlockPattern blocks -> BlockSparseMatrix.allocate(arena, blocks, type);
            case NmPattern nm -> SemiStructuredMatrix.allocate(arena, nm, type);
        };
    }

    /**
     * The elements of a dense matrix at the places of a pattern, in 32-bit floats; the others are left out.
     *
     * @param arena where the memory comes from
     * @param dense what to copy
     * @param pattern the places, of the same shape, which decide on the format
     * @return the matrix
     * @throws IllegalArgumentException if the shapes differ
     */
    static SparseMatrix fromDense(KernelArena arena, DenseMatrix dense, SparsePattern pattern) {
        return switch (pattern) {
            case BlockPattern blocks -> BlockSparseMatrix.fromDense(arena, dense, blocks);
            case NmPattern nm -> SemiStructuredMatrix.fromDense(arena, dense, nm, ValueType.F32);
        };
    }

    /**
     * Rows of the matrix; of weights, the outputs.
     *
     * @return at least 0
     */
    default int rows() {
        return pattern().rows();
    }

    /**
     * Columns of the matrix; of weights, the inputs.
     *
     * @return at least 0
     */
    default int cols() {
        return pattern().cols();
    }

    /**
     * Number of stored elements, with the padding of blocks at the edge.
     *
     * @return how many values of {@link #type()} there are
     */
    default long storedElements() {
        return pattern().storedElements();
    }

    /**
     * The places of the values.
     *
     * @return the pattern that the values belong to now; another object after a rewiring
     */
    SparsePattern pattern();

    /**
     * How values are stored.
     *
     * @return the type
     */
    ValueType type();

    /**
     * The values, in the order of the format.
     *
     * @return {@link #storedElements()} values of {@link #type()}
     */
    MemorySegment values();

    /**
     * Where the memory comes from.
     *
     * @return the arena, which belongs to whoever opened it
     */
    KernelArena arena();

    /**
     * One element.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @return its value, 0 where none is stored
     * @throws IndexOutOfBoundsException if there is no such element
     */
    float get(int row, int col);

    /**
     * Writes the whole matrix, zeros included.
     *
     * @param target of the same shape; every element is overwritten
     * @throws IllegalArgumentException if the shapes differ, or the target lies over the values
     */
    void toDense(DenseMatrix target);

    /**
     * Writes all elements to a matrix that stores every place, in blocks.
     *
     * @param target of the same shape, with a full pattern
     * @param workers who copies
     * @throws IllegalArgumentException if the target does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    void copyInto(BlockSparseMatrix target, Workers workers);

    /**
     * A copy in another type.
     *
     * @param arena where the memory comes from
     * @param target how the copy stores values; they are rounded as {@link ValueType#set} says
     * @return a new matrix of the same format
     */
    SparseMatrix convert(KernelArena arena, ValueType target);

    /**
     * The transposed matrix.
     *
     * @param arena where the memory comes from
     * @return a new cols × rows matrix of the same format
     * @throws IllegalStateException if the format has no such matrix, as N:M may have
     */
    SparseMatrix transpose(KernelArena arena);
}
