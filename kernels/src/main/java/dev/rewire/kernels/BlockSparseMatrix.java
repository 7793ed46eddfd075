package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A block-sparse matrix (BSR; with 1×1 blocks CSR), of 32-bit floats unless it was made with another {@link ValueType}: a {@link BlockPattern} and, off-heap, the values of its blocks one
 * after the other in the pattern's order, each block row by row. Places of a block that lie outside of the matrix (padding) belong to nothing: whatever
 * is written there, no operation sees it.
 *
 * <p>The pattern can be exchanged ({@link #rewire}): values move within the memory that the matrix has. Nothing else may use the matrix
 * meanwhile; plans made before a rewiring refuse to run until they are replanned.
 */
public final class BlockSparseMatrix implements SparseMatrix {
    private final KernelArena arena;
    private final MemorySegment memory;
    private final ValueType type;
    private final int capacity;
    private final long elementsOfBlock;
    private volatile BlockPattern pattern;

    private BlockSparseMatrix(KernelArena arena, BlockPattern pattern, ValueType type) {
        this.arena = arena;
        this.type = type;
        memory = arena.allocate(pattern.storedElements() * type.bytes(), KernelArena.ALIGNMENT);
        this.capacity = pattern.blocks();
        this.elementsOfBlock = (long) pattern.blockRows() * pattern.blockCols();
        this.pattern = pattern;
    }

    /**
     * A matrix of zeros on the places of a pattern, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @return the matrix
     */
    public static BlockSparseMatrix allocate(KernelArena arena, BlockPattern pattern) {
        return allocate(arena, pattern, ValueType.F32);
    }

    /**
     * A matrix of zeros on the places of a pattern.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @param type how values are stored; only forward products read others than F32
     * @return the matrix
     */
    public static BlockSparseMatrix allocate(KernelArena arena, BlockPattern pattern, ValueType type) {
        return new BlockSparseMatrix(arena, pattern, type);
    }

    /**
     * A copy in another type.
     *
     * @param arena where the memory comes from
     * @param target how the copy stores values; they are rounded as {@link ValueType#set} says
     * @return a new matrix
     */
    @Override
    public BlockSparseMatrix convert(KernelArena arena, ValueType target) {
        clearPadding();
        BlockSparseMatrix copy = allocate(arena, pattern, target);
        for (long i = 0; i < pattern.storedElements(); i++) {
            target.set(copy.memory, i, type.get(memory, i));
        }
        return copy;
    }

    /**
     * A matrix of given values, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @param values block after block in the pattern's order, each row by row: {@code pattern.storedElements()} of them; those outside of the matrix,
     *     in blocks at the edge, are ignored
     * @return the matrix
     * @throws IllegalArgumentException if there are more or fewer values
     */
    public static BlockSparseMatrix of(KernelArena arena, BlockPattern pattern, float[] values) {
        Check.equal("values.length", values.length, pattern.storedElements(), "stored elements of the pattern");
        BlockSparseMatrix matrix = allocate(arena, pattern);
        MemorySegment.copy(values, 0, matrix.memory, ValueLayout.JAVA_FLOAT, 0, values.length);
        matrix.clearPadding();
        return matrix;
    }

    /**
     * Sets each stored element.
     *
     * @param value their value, rounded as {@link ValueType#set} says
     * @throws IllegalStateException if the arena is closed
     */
    public void fill(float value) {
        long count = pattern.storedElements();
        for (long i = 0; i < count; i++) {
            type.set(memory, i, value);
        }
        clearPadding();
    }

    /**
     * Sets one stored element.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @param value its value, rounded as {@link ValueType#set} says
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalArgumentException if no block is stored there
     * @throws IllegalStateException if the arena is closed
     */
    public void set(int row, int col, float value) {
        long element = element(row, col);
        if (element < 0) {
            throw new IllegalArgumentException("(" + row + ", " + col
                    + "): no block is stored there; accepted are places of the pattern (rewire() changes it)");
        }
        type.set(memory, element, value);
    }

    /**
     * Zeroes the places of blocks that lie outside of the matrix, where callers may have written. What reads whole blocks does so first: there a zero
     * of the other operand would not hide a NaN.
     */
    void clearPadding() {
        BlockPattern p = pattern;
        int height = p.blockRows();
        int width = p.blockCols();
        int rowsOfLast = p.rows() % height;
        int colsOfLast = p.cols() % width;
        if (rowsOfLast != 0) {
            int lastRow = p.gridRows() - 1;
            for (int block = p.rowOffset(lastRow); block < p.rowOffset(lastRow + 1); block++) {
                clear(block * elementsOfBlock + (long) rowsOfLast * width, (block + 1) * elementsOfBlock);
            }
        }
        if (colsOfLast == 0) {
            return;
        }
        int lastCol = p.gridCols() - 1;
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int last = p.rowOffset(gridRow + 1) - 1;
            if (last < p.rowOffset(gridRow) || p.gridCol(last) != lastCol) {
                continue;
            }
            for (int row = 0; row < height; row++) {
                long first = last * elementsOfBlock + (long) row * width;
                clear(first + colsOfLast, first + width);
            }
        }
    }

    /**
     * The blocks of a dense matrix that hold a nonzero (a NaN is one).
     *
     * @param arena where the memory comes from
     * @param dense what to copy
     * @param blockRows rows of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @param blockCols columns of a block, 1 to {@value BlockPattern#MAX_BLOCK}
     * @return the matrix
     */
    public static BlockSparseMatrix fromDense(KernelArena arena, DenseMatrix dense, int blockRows, int blockCols) {
        BlockPattern grid = BlockPattern.of(
                dense.rows(), dense.cols(), blockRows, blockCols, emptyOffsets(dense.rows(), blockRows), new int[0]);
        boolean[] stored =
                new boolean[Check.range("blocks", (long) grid.gridRows() * grid.gridCols(), 0, Integer.MAX_VALUE - 8)];
        int count = 0;
        for (int row = 0; row < dense.rows(); row++) {
            for (int col = 0; col < dense.cols(); col++) {
                int cell = row / blockRows * grid.gridCols() + col / blockCols;
                if (!stored[cell] && dense.get(row, col) != 0) {
                    stored[cell] = true;
                    count++;
                }
            }
        }
        long[] cells = new long[count];
        for (int cell = 0, filled = 0; filled < count; cell++) {
            if (stored[cell]) {
                cells[filled++] = cell;
            }
        }
        return fromDense(arena, dense, BlockPattern.ofCells(dense.rows(), dense.cols(), blockRows, blockCols, cells));
    }

    /**
     * The elements of a dense matrix at the places of a pattern; the others are left out.
     *
     * @param arena where the memory comes from
     * @param dense what to copy
     * @param pattern the places, of the same shape
     * @return the matrix
     * @throws IllegalArgumentException if the shapes differ
     */
    public static BlockSparseMatrix fromDense(KernelArena arena, DenseMatrix dense, BlockPattern pattern) {
        BlockSparseMatrix matrix = allocate(arena, pattern);
        matrix.checkShape("dense", dense);
        matrix.copy(dense, true);
        return matrix;
    }

    @Override
    public void toDense(DenseMatrix target) {
        checkShape("target", target);
        Check.alive("matrix", memory);
        Check.apart("target", target, "the matrix", memory, memory.byteSize());
        for (int row = 0; row < target.rows(); row++) {
            target.segment()
                    .asSlice(row * target.rowStride() * Float.BYTES, (long) target.cols() * Float.BYTES)
                    .fill((byte) 0);
        }
        copy(target, false);
    }

    private void copy(DenseMatrix dense, boolean fromDense) {
        BlockPattern p = pattern;
        int height = p.blockRows();
        int width = p.blockCols();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int rows = Math.min(height, p.rows() - gridRow * height);
            for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                int col = p.gridCol(block) * width;
                for (int row = 0; row < rows; row++) {
                    long inBlock = ((long) block * height + row) * width;
                    long inDense = ((long) gridRow * height + row) * dense.rowStride() + col;
                    copyRow(dense.segment(), inDense, inBlock, Math.min(width, p.cols() - col), fromDense);
                }
            }
        }
    }

    private void copyRow(MemorySegment dense, long inDense, long inBlock, int count, boolean fromDense) {
        if (type == ValueType.F32) {
            long bytes = (long) count * Float.BYTES;
            MemorySegment from = fromDense ? dense : memory;
            MemorySegment to = fromDense ? memory : dense;
            MemorySegment.copy(
                    from,
                    (fromDense ? inDense : inBlock) * Float.BYTES,
                    to,
                    (fromDense ? inBlock : inDense) * Float.BYTES,
                    bytes);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (fromDense) {
                type.set(memory, inBlock + i, dense.getAtIndex(ValueLayout.JAVA_FLOAT, inDense + i));
            } else {
                dense.setAtIndex(ValueLayout.JAVA_FLOAT, inDense + i, type.get(memory, inBlock + i));
            }
        }
    }

    /**
     * Writes all elements to a matrix that stores every place, in blocks of another shape perhaps.
     *
     * @param target of the same shape, with a full pattern
     * @param workers who copies
     * @throws IllegalArgumentException if the target does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    @Override
    public void copyInto(BlockSparseMatrix target, Workers workers) {
        BlockPattern to = target.pattern;
        Check.equal("target.rows", to.rows(), pattern.rows(), "rows of this matrix");
        Check.equal("target.cols", to.cols(), pattern.cols(), "columns of this matrix");
        long places = (long) to.gridRows() * to.gridCols();
        Check.range("target.blocks", to.blocks(), places, places);
        Check.floats("matrix", type);
        Check.floats("target", target.type);
        Check.alive("matrix", memory);
        Check.alive("target", target.memory);
        workers.run(to.gridRows(), (gridRow, worker) -> copyRowsInto(target, gridRow));
    }

    private void copyRowsInto(BlockSparseMatrix target, int gridRow) {
        BlockPattern from = pattern;
        BlockPattern to = target.pattern;
        int width = to.blockCols();
        long first = (long) gridRow * to.gridCols() * target.elementsOfBlock;
        target.memory
                .asSlice(first * Float.BYTES, to.gridCols() * target.elementsOfBlock * Float.BYTES)
                .fill((byte) 0);
        int firstRow = gridRow * to.blockRows();
        int endRow = Math.min(firstRow + to.blockRows(), to.rows());
        for (int row = firstRow; row < endRow; row++) {
            int fromGridRow = row / from.blockRows();
            long rowOfBlock = (long) row % from.blockRows() * from.blockCols();
            long firstOfRow = first + (long) (row - firstRow) * width;
            for (int block = from.rowOffset(fromGridRow); block < from.rowOffset(fromGridRow + 1); block++) {
                int col = from.gridCol(block) * from.blockCols();
                int endCol = Math.min(col + from.blockCols(), from.cols());
                long source = block * elementsOfBlock + rowOfBlock;
                for (; col < endCol; col++) {
                    long element = firstOfRow + col / width * target.elementsOfBlock + col % width;
                    target.memory.setAtIndex(
                            ValueLayout.JAVA_FLOAT, element, memory.getAtIndex(ValueLayout.JAVA_FLOAT, source++));
                }
            }
        }
    }

    /**
     * Exchanges the pattern. Blocks that both patterns have keep their values, new ones are zero. The values move in place, so nothing is
     * allocated.
     *
     * @param next of the same shape and block, with at most as many blocks as the matrix was allocated with
     * @throws IllegalArgumentException if the pattern does not fit; the matrix is unchanged
     */
    public void rewire(BlockPattern next) {
        BlockPattern old = pattern;
        Check.equal("next.rows", next.rows(), old.rows(), "rows of the matrix");
        Check.equal("next.cols", next.cols(), old.cols(), "columns of the matrix");
        Check.equal("next.blockRows", next.blockRows(), old.blockRows(), "rows of a block");
        Check.equal("next.blockCols", next.blockCols(), old.blockCols(), "columns of a block");
        Check.range("next.blocks", next.blocks(), 0, capacity);
        Check.alive("matrix", memory);
        int[] source = sources(old, next);
        StackRoom.reserve(); // so that no Error leaves values half moved
        // Both patterns have one order, so blocks that move down never pass blocks that move up: two sweeps need no
        // second buffer.
        for (int block = 0; block < source.length; block++) {
            if (source[block] > block) {
                move(source[block], block);
            }
        }
        for (int block = source.length - 1; block >= 0; block--) {
            if (source[block] >= 0 && source[block] < block) {
                move(source[block], block);
            }
        }
        for (int block = 0; block < source.length; block++) {
            if (source[block] < 0) {
                clear(block * elementsOfBlock, (block + 1L) * elementsOfBlock);
            }
        }
        pattern = next;
    }

    private void move(int from, int to) {
        if (elementsOfBlock == 1 && type == ValueType.F32) { // a bulk copy of one float costs ten times the float
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, to, memory.getAtIndex(ValueLayout.JAVA_FLOAT, from));
        } else {
            long bytes = elementsOfBlock * type.bytes();
            MemorySegment.copy(memory, from * bytes, memory, to * bytes, bytes);
        }
    }

    /** Each run clears the padding, and a call that depends on the type takes several times as long where there are matrices of others. */
    private void clear(long from, long to) {
        if (type == ValueType.F32) {
            for (long i = from; i < to; i++) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
            }
        } else {
            for (long i = from; i < to; i++) {
                memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) 0);
            }
        }
    }

    /** For each block of {@code next} its number in {@code old}, or −1. */
    private static int[] sources(BlockPattern old, BlockPattern next) {
        int[] source = new int[next.blocks()];
        for (int row = 0; row < next.gridRows(); row++) {
            int from = old.rowOffset(row);
            int end = old.rowOffset(row + 1);
            for (int block = next.rowOffset(row); block < next.rowOffset(row + 1); block++) {
                while (from < end && old.gridCol(from) < next.gridCol(block)) {
                    from++;
                }
                source[block] = from < end && old.gridCol(from) == next.gridCol(block) ? from : -1;
            }
        }
        return source;
    }

    @Override
    public BlockSparseMatrix transpose(KernelArena arena) {
        BlockPattern p = pattern;
        BlockSparseMatrix transposed = allocate(arena, p.transpose(), type);
        int[] order = ColumnOrder.of(p).blocks();
        int height = p.blockRows();
        int width = p.blockCols();
        for (int block = 0; block < order.length; block++) {
            long from = order[block] * elementsOfBlock;
            long to = block * elementsOfBlock;
            for (int row = 0; row < height; row++) {
                for (int col = 0; col < width; col++) {
                    transposed.type.set(
                            transposed.memory,
                            to + (long) col * height + row,
                            type.get(memory, from + (long) row * width + col));
                }
            }
        }
        return transposed;
    }

    /**
     * The places of the blocks.
     *
     * @return the pattern that the values belong to now
     */
    @Override
    public BlockPattern pattern() {
        return pattern;
    }

    @Override
    public ValueType type() {
        return type;
    }

    /**
     * The values: block after block in the pattern's order, each row by row.
     *
     * @return {@code pattern().storedElements()} values of {@link #type()}; those outside of the matrix, in blocks at the edge, may be anything
     */
    @Override
    public MemorySegment values() {
        return memory.asSlice(0, pattern.storedElements() * type.bytes());
    }

    @Override
    public float get(int row, int col) {
        long element = element(row, col);
        return element < 0 ? 0 : type.get(memory, element);
    }

    /** Where an element is stored, or −1. */
    private long element(int row, int col) {
        BlockPattern p = pattern;
        if (row < 0 || row >= p.rows() || col < 0 || col >= p.cols()) {
            throw new IndexOutOfBoundsException(
                    "(" + row + ", " + col + ") is outside of " + p.rows() + "×" + p.cols());
        }
        int block = p.find(row / p.blockRows(), col / p.blockCols());
        return block < 0
                ? -1
                : ((long) block * p.blockRows() + row % p.blockRows()) * p.blockCols() + col % p.blockCols();
    }

    @Override
    public String toString() {
        BlockPattern p = pattern;
        return "BlockSparseMatrix " + p.rows() + "×" + p.cols() + ", " + p.blocks() + " blocks of " + p.blockRows()
                + "×" + p.blockCols();
    }

    @Override
    public KernelArena arena() {
        return arena;
    }

    /** The memory of {@link #values()}, which may be longer: for plans, since a slice is an object. */
    MemorySegment memory() {
        return memory;
    }

    private void checkShape(String argument, DenseMatrix dense) {
        Check.equal(argument + ".rows", dense.rows(), pattern.rows(), "rows of the block-sparse matrix");
        Check.equal(argument + ".cols", dense.cols(), pattern.cols(), "columns of the block-sparse matrix");
    }

    private static int[] emptyOffsets(int rows, int blockRows) {
        Check.range("blockRows", blockRows, 1, BlockPattern.MAX_BLOCK);
        return new int[(rows + blockRows - 1) / blockRows + 1];
    }
}
