package dev.rewire.kernels;

import dev.rewire.kernels.prune.NmPruning;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * An N:M sparse matrix, 2:4 for example: an {@link NmPattern} and, off-heap, the values of the elements that it keeps, row by row in
 * ascending order of columns, {@code rows × (cols / M · N)} of them. The same values and indices are what a tensor core accepts.
 *
 * <p><b>Canonical form.</b> A group with fewer than N nonzeros can be written in several ways, since any of its zeros may be among the kept
 * ones. A matrix is canonical when the zeros that it keeps are the last ones of their group: {@code 1000} is kept at 0 and 3, {@code 0000} at 2
 * and 3. Other libraries choose otherwise, so compare matrices by what they mean, {@link #hasSameElements}, never by their indices.
 *
 * <p>The pattern can be exchanged ({@link #rewire}). Nothing else may use the matrix meanwhile; plans made before a rewiring refuse to run until
 * they are replanned.
 */
public final class SemiStructuredMatrix implements SparseMatrix {
    private final KernelArena arena;
    private final MemorySegment memory;
    private final ValueType type;
    private volatile NmPattern pattern;

    private SemiStructuredMatrix(KernelArena arena, NmPattern pattern, ValueType type) {
        this.arena = arena;
        this.pattern = pattern;
        this.type = type;
        // A kernel may read a whole vector where the last elements begin.
        memory = arena.allocate((long) pattern.elements() * type.bytes() + KernelArena.ALIGNMENT);
    }

    /**
     * A matrix of zeros, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @return the matrix
     */
    public static SemiStructuredMatrix allocate(KernelArena arena, NmPattern pattern) {
        return allocate(arena, pattern, ValueType.F32);
    }

    /**
     * A matrix of zeros.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @param type how values are stored
     * @return the matrix
     */
    public static SemiStructuredMatrix allocate(KernelArena arena, NmPattern pattern, ValueType type) {
        return new SemiStructuredMatrix(arena, pattern, type);
    }

    /**
     * A matrix of given values, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param pattern the places
     * @param values row by row, in ascending order of columns: {@code pattern.elements()} of them
     * @return the matrix
     * @throws IllegalArgumentException if there are more or fewer values
     */
    public static SemiStructuredMatrix of(KernelArena arena, NmPattern pattern, float[] values) {
        Check.equal("values.length", values.length, pattern.elements(), "elements of the pattern");
        SemiStructuredMatrix matrix = allocate(arena, pattern);
        MemorySegment.copy(values, 0, matrix.memory, ValueLayout.JAVA_FLOAT, 0, values.length);
        return matrix;
    }

    /**
     * Sets each kept element.
     *
     * @param value their value, rounded as {@link ValueType#set} says
     * @throws IllegalStateException if the arena is closed
     */
    public void fill(float value) {
        for (long i = 0; i < pattern.elements(); i++) {
            type.set(memory, i, value);
        }
    }

    /**
     * Sets one kept element.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @param value its value, rounded as {@link ValueType#set} says
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalArgumentException if none is kept there
     * @throws IllegalStateException if the arena is closed
     */
    public void set(int row, int col, float value) {
        NmPattern p = pattern;
        int k = p.find(row, col);
        if (k < 0) {
            throw new IllegalArgumentException("(" + row + ", " + col
                    + "): no element is kept there; accepted are places of the pattern (rewire() changes it)");
        }
        type.set(memory, (long) row * p.rowElements() + (long) (col / p.m()) * p.n() + k, value);
    }

    /**
     * The N elements of each group that are largest in magnitude, as {@link NmPruning#magnitude} chooses them, in 32-bit floats.
     *
     * @param arena where the memory comes from
     * @param dense what to copy
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16; divides the columns
     * @return the matrix, in canonical form
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static SemiStructuredMatrix fromDense(KernelArena arena, DenseMatrix dense, int n, int m) {
        return fromDense(arena, dense, NmPruning.magnitude(dense, n, m), ValueType.F32);
    }

    /**
     * The elements of a dense matrix at the places of a pattern; the others are left out.
     *
     * @param arena where the memory comes from
     * @param dense what to copy
     * @param pattern the places, of the same shape
     * @param type how values are stored; they are rounded as {@link ValueType#set} says
     * @return the matrix
     * @throws IllegalArgumentException if the shapes differ
     */
    public static SemiStructuredMatrix fromDense(
            KernelArena arena, DenseMatrix dense, NmPattern pattern, ValueType type) {
        SemiStructuredMatrix matrix = allocate(arena, pattern, type);
        matrix.assign(dense, pattern);
        return matrix;
    }

    /**
     * Exchanges the pattern and takes the values of its places from a dense matrix: what training does that keeps dense weights and multiplies by
     * the best of them.
     *
     * @param dense what to copy
     * @param next the places; shape, n and m are those of this matrix
     * @throws IllegalArgumentException if a shape does not fit; the matrix is unchanged
     */
    public void assign(DenseMatrix dense, NmPattern next) {
        checkFits(next);
        checkShape("dense", dense);
        Check.alive("dense", dense.segment());
        float[] from = new float[next.cols()];
        float[] to = new float[next.rowElements()];
        int[] columns = new int[next.rowElements()];
        StackRoom.reserve(); // so that no Error leaves values half exchanged
        for (int row = 0; row < next.rows(); row++) {
            MemorySegment.copy(
                    dense.segment(),
                    ValueLayout.JAVA_FLOAT,
                    row * dense.rowStride() * Float.BYTES,
                    from,
                    0,
                    from.length);
            next.columns(row, columns);
            for (int element = 0; element < to.length; element++) {
                to[element] = from[columns[element]];
            }
            type.set(memory, (long) row * to.length, to);
        }
        pattern = next;
    }

    /** Exchanges the pattern where the values of its places are written already. */
    void assigned(NmPattern next) {
        pattern = next;
    }

    /**
     * Exchanges the pattern. Elements that both patterns keep have their values still, new ones are zero.
     *
     * @param next the places; shape, n and m are those of this matrix
     * @throws IllegalArgumentException if the pattern does not fit; the matrix is unchanged
     */
    public void rewire(NmPattern next) {
        checkFits(next);
        Check.alive("matrix", memory);
        NmPattern old = pattern;
        int n = old.n();
        float[] values = new float[n];
        StackRoom.reserve(); // so that no Error leaves values half moved
        for (int row = 0; row < old.rows(); row++) {
            for (int group = 0; group < old.groups(); group++) {
                int first = group * n;
                for (int k = 0, from = 0; k < n; k++) {
                    int index = next.indexAt(row, first + k);
                    while (from < n && old.indexAt(row, first + from) < index) {
                        from++;
                    }
                    boolean stays = from < n && old.indexAt(row, first + from) == index;
                    values[k] = stays ? type.get(memory, (long) row * old.rowElements() + first + from) : 0;
                }
                for (int k = 0; k < n; k++) {
                    type.set(memory, (long) row * old.rowElements() + first + k, values[k]);
                }
            }
        }
        pattern = next;
    }

    /**
     * The same elements in canonical form.
     *
     * @param arena where the memory comes from
     * @return a new matrix
     */
    public SemiStructuredMatrix canonical(KernelArena arena) {
        NmPattern from = pattern;
        int[] indices = new int[from.elements()];
        boolean[] keep = new boolean[from.m()];
        int next = 0;
        for (int row = 0; row < from.rows(); row++) {
            for (int group = 0; group < from.groups(); group++) {
                int missing = from.n();
                Arrays.fill(keep, false);
                for (int k = 0; k < from.n(); k++) {
                    int element = group * from.n() + k;
                    if (value(row, element) != 0) {
                        keep[from.indexAt(row, element)] = true;
                        missing--;
                    }
                }
                for (int place = from.m() - 1; missing > 0; place--) {
                    if (!keep[place]) {
                        keep[place] = true;
                        missing--;
                    }
                }
                for (int place = 0; place < from.m(); place++) {
                    if (keep[place]) {
                        indices[next++] = place;
                    }
                }
            }
        }
        SemiStructuredMatrix copy =
                allocate(arena, NmPattern.of(from.rows(), from.cols(), from.n(), from.m(), indices), type);
        int ofRow = from.rowElements();
        for (int row = 0; row < from.rows(); row++) {
            for (int element = 0; element < ofRow; element++) {
                float value = get(row, copy.pattern.column(row, element));
                type.set(copy.memory, (long) row * ofRow + element, value == 0 ? 0 : value);
            }
        }
        return copy;
    }

    /**
     * The transposed matrix.
     *
     * @param arena where the memory comes from
     * @return a new cols × rows matrix
     * @throws IllegalStateException if the pattern is not {@linkplain NmPattern#isTransposable transposable}
     */
    @Override
    public SemiStructuredMatrix transpose(KernelArena arena) {
        SemiStructuredMatrix transposed = allocate(arena, pattern.transpose(), type);
        NmPattern to = transposed.pattern;
        int ofRow = to.rowElements();
        for (int row = 0; row < to.rows(); row++) {
            for (int element = 0; element < ofRow; element++) {
                type.set(transposed.memory, (long) row * ofRow + element, get(to.column(row, element), row));
            }
        }
        return transposed;
    }

    /**
     * A copy in another type.
     *
     * @param arena where the memory comes from
     * @param target how the copy stores values; they are rounded as {@link ValueType#set} says
     * @return a new matrix
     */
    @Override
    public SemiStructuredMatrix convert(KernelArena arena, ValueType target) {
        SemiStructuredMatrix copy = allocate(arena, pattern, target);
        for (long i = 0; i < pattern.elements(); i++) {
            target.set(copy.memory, i, type.get(memory, i));
        }
        return copy;
    }

    @Override
    public void toDense(DenseMatrix target) {
        checkShape("target", target);
        NmPattern p = pattern;
        for (int row = 0; row < p.rows(); row++) {
            for (int col = 0; col < p.cols(); col++) {
                target.set(row, col, 0);
            }
            for (int element = 0; element < p.rowElements(); element++) {
                target.set(row, p.column(row, element), value(row, element));
            }
        }
    }

    /**
     * Writes all elements to a matrix that stores every place, in blocks.
     *
     * @param target of the same shape, with a full pattern
     * @param workers who copies
     * @throws IllegalArgumentException if the target does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    @Override
    public void copyInto(BlockSparseMatrix target, Workers workers) {
        BlockPattern to = target.pattern();
        Check.equal("target.rows", to.rows(), pattern.rows(), "rows of this matrix");
        Check.equal("target.cols", to.cols(), pattern.cols(), "columns of this matrix");
        long places = (long) to.gridRows() * to.gridCols();
        Check.range("target.blocks", to.blocks(), places, places);
        Check.alive("matrix", memory);
        Check.alive("target", target.values());
        workers.run(to.gridRows(), (gridRow, worker) -> copyRowsInto(target.values(), to, gridRow));
    }

    private void copyRowsInto(MemorySegment target, BlockPattern to, int gridRow) {
        NmPattern from = pattern;
        int width = to.blockCols();
        int[] columns = new int[from.rowElements()];
        // Up to the end of the last block: what lies behind the matrix, rows too, is zero.
        float[] elements = new float[to.gridCols() * width];
        for (int row = gridRow * to.blockRows(); row < (gridRow + 1) * to.blockRows(); row++) {
            Arrays.fill(elements, 0);
            if (row < from.rows()) {
                from.columns(row, columns);
                for (int element = 0; element < columns.length; element++) {
                    elements[columns[element]] = value(row, element);
                }
            }
            for (int gridCol = 0; gridCol < to.gridCols(); gridCol++) {
                long block = (long) gridRow * to.gridCols() + gridCol;
                long first = (block * to.blockRows() + row % to.blockRows()) * width;
                MemorySegment.copy(
                        elements, gridCol * width, target, ValueLayout.JAVA_FLOAT, first * Float.BYTES, width);
            }
        }
    }

    /**
     * Equality by meaning: whether both have the same shape and equal elements, wherever zeros are kept and however values are stored. Zeros are
     * equal whatever their sign, and NaN equals NaN.
     *
     * @param other what to compare with
     * @return whether all elements are equal
     */
    public boolean hasSameElements(SemiStructuredMatrix other) {
        NmPattern p = pattern;
        if (p.rows() != other.pattern.rows() || p.cols() != other.pattern.cols()) {
            return false;
        }
        for (int row = 0; row < p.rows(); row++) {
            for (int col = 0; col < p.cols(); col++) {
                float a = get(row, col);
                float b = other.get(row, col);
                if (a != b && !(Float.isNaN(a) && Float.isNaN(b))) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * The places of the values.
     *
     * @return the pattern that the values belong to now
     */
    @Override
    public NmPattern pattern() {
        return pattern;
    }

    @Override
    public ValueType type() {
        return type;
    }

    /**
     * The values: row by row, in ascending order of columns.
     *
     * @return {@code pattern().elements()} values of {@link #type()}
     */
    @Override
    public MemorySegment values() {
        return memory.asSlice(0, (long) pattern.elements() * type.bytes());
    }

    @Override
    public float get(int row, int col) {
        NmPattern p = pattern;
        int k = p.find(row, col);
        return k < 0 ? 0 : value(row, col / p.m() * p.n() + k);
    }

    private float value(int row, int element) {
        return type.get(memory, (long) row * pattern.rowElements() + element);
    }

    private void checkFits(NmPattern next) {
        NmPattern old = pattern;
        Check.equal("next.rows", next.rows(), old.rows(), "rows of the matrix");
        Check.equal("next.cols", next.cols(), old.cols(), "columns of the matrix");
        Check.equal("next.n", next.n(), old.n(), "elements kept of a group");
        Check.equal("next.m", next.m(), old.m(), "elements of a group");
    }

    private void checkShape(String argument, DenseMatrix dense) {
        Check.equal(argument + ".rows", dense.rows(), pattern.rows(), "rows of the N:M matrix");
        Check.equal(argument + ".cols", dense.cols(), pattern.cols(), "columns of the N:M matrix");
    }

    @Override
    public String toString() {
        return "SemiStructuredMatrix " + pattern.rows() + "×" + pattern.cols() + ", " + pattern.n() + ":" + pattern.m()
                + ", " + type;
    }

    @Override
    public KernelArena arena() {
        return arena;
    }

    /** The memory of {@link #values()}, which is longer: for plans, since a slice is an object. */
    MemorySegment memory() {
        return memory;
    }
}
