package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskChoice;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which elements of a {@code rows × cols} matrix are kept when N of every M consecutive elements of a row are (N:M sparsity; 2:4 is what
 * tensor cores accelerate). The M elements are a group; a row has {@code cols / M} of them.
 *
 * <p>Indices are packed: each takes {@link #indexBits} bits, those of a row follow one another from the lowest bit of its first byte on, and a
 * row starts at a byte. For 2:4 that is one nibble per group, {@code i0 | i1 << 2}, with the first group in the low nibble: the row-major
 * metadata that NVIDIA's {@code mma.sp} defines.
 *
 * <p>Patterns are validated when they are made and immutable, so that kernels can trust their indices.
 */
public final class NmPattern implements SparsePattern {
    /** The largest M. */
    public static final int MAX_M = 16;

    /** The most rows that {@link #sharedRows} looks for. */
    public static final int MAX_SHARED_ROWS = 16;

    static {
        MaskChoice.install(new NmChoice());
    }

    private final int rows;
    private final int cols;
    private final int n;
    private final int m;
    private final byte[] packed;
    private final int sharedRows;
    private volatile @Nullable BlockPattern csr;

    /** Of indices that are valid; the array is the pattern's from now on. */
    NmPattern(int rows, int cols, int n, int m, byte[] packed) {
        this.rows = rows;
        this.cols = cols;
        this.n = n;
        this.m = m;
        this.packed = packed;
        sharedRows = findSharedRows();
    }

    /**
     * A pattern from the places that each group keeps.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0 and divisible by m
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16
     * @param indices row by row and group by group, n places from 0 to m − 1 in ascending order
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described; the message names row and group
     */
    public static NmPattern of(int rows, int cols, int n, int m, int[] indices) {
        checkShape(rows, cols, n, m);
        Check.equal("indices.length", indices.length, (long) rows * (cols / m) * n, "rows · groups · n");
        byte[] packed = new byte[packedBytes(rows, cols, n, m)];
        int groups = cols / m;
        for (int row = 0, next = 0; row < rows; row++) {
            for (int group = 0; group < groups; group++) {
                int previous = -1;
                for (int k = 0; k < n; k++, next++) {
                    checkIndex(row, group, indices[next], previous, m - n + k);
                    previous = indices[next];
                    put(packed, rows, row, group * n + k, m, previous);
                }
            }
        }
        return new NmPattern(rows, cols, n, m, packed);
    }

    /**
     * A pattern from packed indices.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0 and divisible by m
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16
     * @param packed as {@link #packed} returns them; copied
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described; the message names row and group
     */
    public static NmPattern ofPacked(int rows, int cols, int n, int m, byte[] packed) {
        checkShape(rows, cols, n, m);
        Check.equal("packed.length", packed.length, packedBytes(rows, cols, n, m), "rows · bytes of a row");
        NmPattern pattern = new NmPattern(rows, cols, n, m, packed.clone());
        int used = (int) ((long) pattern.rowElements() * pattern.indexBits() % Byte.SIZE);
        for (int row = 0; row < rows; row++) {
            for (int group = 0; group < pattern.groups(); group++) {
                int previous = -1;
                for (int k = 0; k < n; k++) {
                    int index = pattern.bitsAt(row, group * n + k);
                    checkIndex(row, group, index, previous, m - n + k);
                    previous = index;
                }
            }
            int last = used == 0 ? 0 : (pattern.packed[(row + 1) * pattern.rowBytes() - 1] & 0xff) >>> used;
            Check.equal("packed, bits behind the last group of row " + row, last, 0, "unused bits");
        }
        return pattern;
    }

    /**
     * A pattern of random places, every choice being equally likely.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0 and divisible by m
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16
     * @param sharedRows rows that follow one another and keep the same places (the V of V:N:M), at least 1
     * @param random where the choice comes from
     * @return the pattern
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NmPattern random(int rows, int cols, int n, int m, int sharedRows, RandomGenerator random) {
        checkShape(rows, cols, n, m);
        Check.range("sharedRows", sharedRows, 1, Integer.MAX_VALUE);
        byte[] packed = new byte[packedBytes(rows, cols, n, m)];
        int rowBytes = rows == 0 ? 0 : packed.length / rows;
        for (int row = 0; row < rows; row++) {
            if (row % sharedRows != 0) {
                System.arraycopy(packed, (row - 1) * rowBytes, packed, row * rowBytes, rowBytes);
                continue;
            }
            for (int group = 0; group < cols / m; group++) {
                int kept = 0;
                for (int place = 0; place < m; place++) {
                    // Selection sampling: Knuth, The Art of Computer Programming, volume 2, algorithm S.
                    if (random.nextInt(m - place) < n - kept) {
                        put(packed, rows, row, group * n + kept++, m, place);
                    }
                }
            }
        }
        return new NmPattern(rows, cols, n, m, packed);
    }

    /**
     * A pattern to be made row by row.
     *
     * @param rows rows of the matrix, at least 0
     * @param cols columns of the matrix, at least 0 and divisible by m
     * @param n elements kept of each group, 1 to m
     * @param m elements of a group: 2, 4, 8 or 16
     * @return a builder that waits for the first row
     * @throws IllegalArgumentException if an argument is not as described
     */
    public static NmPatternBuilder builder(int rows, int cols, int n, int m) {
        checkShape(rows, cols, n, m);
        return new NmPatternBuilder(rows, cols, n, m, new byte[packedBytes(rows, cols, n, m)]);
    }

    static void checkShape(int rows, int cols, int n, int m) {
        Check.range("rows", rows, 0, Integer.MAX_VALUE - BlockPattern.MAX_BLOCK);
        Check.range("cols", cols, 0, Integer.MAX_VALUE - BlockPattern.MAX_BLOCK);
        if (m < 2 || m > MAX_M || Integer.bitCount(m) != 1) {
            throw new IllegalArgumentException("m: " + m + " is not a group size; accepted are 2, 4, 8, 16");
        }
        Check.range("n", n, 1, m);
        if (cols % m != 0) {
            throw new IllegalArgumentException("cols: " + cols + " is not divisible by m = " + m);
        }
        Check.range("kept elements", (long) rows * (cols / m) * n, 0, Integer.MAX_VALUE - 8);
    }

    /** Ascending, and such that the places behind {@code last} are enough for those of its group that follow. */
    private static void checkIndex(int row, int group, int index, int previous, int last) {
        if (index <= previous || index > last) {
            Check.range("index of row " + row + ", group " + group, index, previous + 1L, last);
        }
    }

    static int packedBytes(int rows, int cols, int n, int m) {
        return rows * rowBytes(cols / m * n, m);
    }

    static int rowBytes(int rowElements, int m) {
        return (int) (((long) rowElements * indexBits(m) + Byte.SIZE - 1) / Byte.SIZE);
    }

    static int indexBits(int m) {
        return m == 2 ? 1 : m == 4 ? 2 : 4;
    }

    private static void put(byte[] packed, int rows, int row, int element, int m, int index) {
        long bit = (long) element * indexBits(m);
        packed[row * (packed.length / rows) + (int) (bit / Byte.SIZE)] |= (byte) (index << (int) (bit % Byte.SIZE));
    }

    private int findSharedRows() {
        int shared = 1;
        while (shared < MAX_SHARED_ROWS && rows > 0 && rows % (2 * shared) == 0 && isShared(2 * shared)) {
            shared *= 2;
        }
        return shared;
    }

    private boolean isShared(int count) {
        int rowBytes = rowBytes();
        for (int row = 0; row < rows; row += count) {
            int half = row + count / 2;
            if (!Arrays.equals(
                    packed, row * rowBytes, (row + 1) * rowBytes, packed, half * rowBytes, (half + 1) * rowBytes)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int rows() {
        return rows;
    }

    /**
     * Columns of the matrix.
     *
     * @return a multiple of m
     */
    @Override
    public int cols() {
        return cols;
    }

    /**
     * Elements kept of each group.
     *
     * @return 1 to m
     */
    public int n() {
        return n;
    }

    /**
     * Elements of a group.
     *
     * @return 2, 4, 8 or 16
     */
    public int m() {
        return m;
    }

    /**
     * Groups of a row.
     *
     * @return cols / m
     */
    public int groups() {
        return cols / m;
    }

    /**
     * Elements kept of a row.
     *
     * @return groups · n
     */
    public int rowElements() {
        return groups() * n;
    }

    /**
     * Elements kept of the matrix.
     *
     * @return rows · groups · n
     */
    public int elements() {
        return rows * rowElements();
    }

    @Override
    public long storedElements() {
        return elements();
    }

    /**
     * Share of the elements that are kept.
     *
     * @return n / m
     */
    @Override
    public double density() {
        return (double) n / m;
    }

    /**
     * A place that a group keeps.
     *
     * @param row from 0 to rows − 1
     * @param group from 0 to groups − 1
     * @param k which of the kept ones, from 0 to n − 1
     * @return the place in its group, 0 to m − 1, ascending with k
     * @throws IndexOutOfBoundsException if there is no such place
     */
    public int index(int row, int group, int k) {
        if (row < 0 || row >= rows || group < 0 || group >= groups() || k < 0 || k >= n) {
            throw new IndexOutOfBoundsException(
                    "row " + row + ", group " + group + ", place " + k + " is outside of " + this);
        }
        return indexAt(row, group * n + k);
    }

    /** The place in its group of an element of a row, without a check. */
    int indexAt(int row, int element) {
        return bitsAt(row, element) & m - 1;
    }

    /** What is packed as an index, of which m = 8 leaves one bit unused. */
    private int bitsAt(int row, int element) {
        long bit = (long) element * indexBits();
        return packed[row * rowBytes() + (int) (bit / Byte.SIZE)] >>> (int) (bit % Byte.SIZE) & (1 << indexBits()) - 1;
    }

    /** The column of a kept element of a row, without a check. */
    int column(int row, int element) {
        return element / n * m + indexAt(row, element);
    }

    /** The columns of all kept elements of a row: what loops over whole rows use, as it divides nothing. */
    void columns(int row, int[] columns) {
        int bits = indexBits();
        int at = row * rowBytes();
        int place = m - 1;
        int ofRow = rowElements();
        int element = n == 2 && m == 4 ? columnsOfBytes(at, ofRow / 4, columns) : 0;
        for (int first = element / n * m; element < ofRow; first += m) {
            for (int end = element + n; element < end; element++) {
                int bit = element * bits;
                columns[element] = first + ((packed[at + (bit >>> 3)] >>> (bit & 7)) & place);
            }
        }
    }

    /** The same for 2:4, two groups of a byte at once; says how many elements that makes. */
    private int columnsOfBytes(int at, int bytes, int[] columns) {
        for (int i = 0; i < bytes; i++) {
            int code = packed[at + i];
            columns[4 * i] = 8 * i + (code & 3);
            columns[4 * i + 1] = 8 * i + ((code >>> 2) & 3);
            columns[4 * i + 2] = 8 * i + 4 + ((code >>> 4) & 3);
            columns[4 * i + 3] = 8 * i + 4 + ((code >>> 6) & 3);
        }
        return 4 * bytes;
    }

    /**
     * Which of the kept elements of its group an element is.
     *
     * @param row from 0 to rows − 1
     * @param col from 0 to cols − 1
     * @return 0 to n − 1, or −1 if it is not kept
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public int find(int row, int col) {
        if (row < 0 || row >= rows || col < 0 || col >= cols) {
            throw new IndexOutOfBoundsException("(" + row + ", " + col + ") is outside of " + rows + "×" + cols);
        }
        for (int k = 0; k < n; k++) {
            if (index(row, col / m, k) == col % m) {
                return k;
            }
        }
        return -1;
    }

    @Override
    public boolean stores(int row, int col) {
        return find(row, col) >= 0;
    }

    /**
     * Bits of a packed index.
     *
     * @return 1 for m = 2, 2 for m = 4, otherwise 4, so that no index lies across two bytes
     */
    public int indexBits() {
        return indexBits(m);
    }

    /**
     * Bytes of the packed indices of a row.
     *
     * @return groups · n · indexBits / 8, rounded up
     */
    public int rowBytes() {
        return rowBytes(rowElements(), m);
    }

    /**
     * The packed indices.
     *
     * @return a copy, {@link #rowBytes} for each row; unused bits are 0
     */
    public byte[] packed() {
        return packed.clone();
    }

    /**
     * How many rows that follow one another keep the same places (the V of V:N:M): products compute those together.
     *
     * @return the largest power of two up to {@value #MAX_SHARED_ROWS} such that it divides the rows and each so many share their places
     */
    public int sharedRows() {
        return sharedRows;
    }

    /**
     * Whether the transposed matrix is N:M too: N of every M consecutive elements of a column are kept.
     *
     * @return whether {@link #transpose} is possible
     */
    public boolean isTransposable() {
        return findTransposed() != null;
    }

    /**
     * The places of the transposed matrix.
     *
     * @return a cols × rows pattern with the same n and m
     * @throws IllegalStateException if the transposed matrix is not N:M
     */
    @Override
    public NmPattern transpose() {
        byte[] transposed = findTransposed();
        if (transposed == null) {
            throw new IllegalStateException(
                    this + " is not transposable: not every column keeps " + n + " of each " + m + " rows");
        }
        return new NmPattern(cols, rows, n, m, transposed);
    }

    private byte @Nullable [] findTransposed() {
        if (rows % m != 0) {
            return null;
        }
        byte[] transposed = new byte[packedBytes(cols, rows, n, m)];
        int bytes = rowBytes(rows / m * n, m);
        int bits = indexBits();
        int[] columns = new int[rowElements()];
        int[] kept = new int[cols];
        for (int row = 0; row < rows; row++) {
            if (row % m == 0) {
                Arrays.fill(kept, 0);
            }
            int firstBit = row / m * n * bits;
            columns(row, columns);
            for (int col : columns) {
                if (kept[col] == n) {
                    return null;
                }
                int bit = firstBit + kept[col]++ * bits;
                transposed[col * bytes + (bit >>> 3)] |= (byte) ((row & (m - 1)) << (bit & 7));
            }
        }
        // As many are kept as N of M in each column allow, and none keeps more: so none keeps less.
        return transposed;
    }

    /** Two patterns are equal when shape, n, m and kept places are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NmPattern that
                && rows == that.rows
                && cols == that.cols
                && n == that.n
                && m == that.m
                && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * (31 * rows + cols) + n) + m) + Arrays.hashCode(packed);
    }

    @Override
    public String toString() {
        return "NmPattern " + rows + "×" + cols + ", " + n + ":" + m
                + (sharedRows > 1 ? " shared by " + sharedRows + " rows" : "");
    }

    /** The kept elements as 1×1 blocks, which have the same order; made once. */
    @Override
    public BlockPattern asBlocks() {
        BlockPattern made = csr;
        if (made == null) {
            int[] offsets = new int[rows + 1];
            int[] columns = new int[elements()];
            int[] ofRow = new int[rowElements()];
            for (int row = 0; row < rows; row++) {
                offsets[row + 1] = offsets[row] + ofRow.length;
                columns(row, ofRow);
                System.arraycopy(ofRow, 0, columns, offsets[row], ofRow.length);
            }
            made = BlockPattern.of(rows, cols, 1, 1, offsets, columns);
            csr = made;
        }
        return made;
    }

    /** The indices themselves, for plans, which read them and never write. */
    byte[] codes() {
        return packed;
    }
}
