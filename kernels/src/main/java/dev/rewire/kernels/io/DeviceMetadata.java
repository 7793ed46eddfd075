package dev.rewire.kernels.io;

import dev.rewire.kernels.NmPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The metadata that tells NVIDIA's sparse tensor cores which elements a matrix keeps, for one shape and type: converted to and from an
 * {@link NmPattern}. The values need no conversion, both sides have them row by row in ascending order of columns.
 *
 * <p>A group of 4 elements keeps 2, at i0 &lt; i1, and has the code {@code i0 | i1 << 2}: 0x4, 0x8, 0x9, 0xC, 0xD or 0xE. Codes are packed into
 * little-endian words, the first group in the lowest bits:
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>type</th><th>pattern</th><th>word</th><th>columns of a word</th><th>rows, in device order</th></tr>
 * <tr><td>F16, BF16</td><td>2:4</td><td>16 bits, 4 codes</td><td>16</td><td>multiple of 32</td></tr>
 * <tr><td>I8</td><td>2:4</td><td>32 bits, 8 codes</td><td>32</td><td>multiple of 16</td></tr>
 * <tr><td>F32 (as TF32)</td><td>1:2</td><td>16 bits, 4 codes: 0x4 keeps the first of a pair, 0xE the second</td><td>8</td><td>multiple of 32</td></tr>
 * </table>
 *
 * <p>Fp32 on a tensor core is 1:2, not 2:4: a 2:4 pattern of it is refused.
 *
 * <p>Sources: PTX ISA, {@code mma.sp}; CUTLASS, {@code reorder_meta} of {@code host_reorder.h} with layout {@code ColumnMajorInterleaved<2>};
 * PyTorch, {@code torch/sparse/_semi_structured_conversions.py}.
 */
public final class DeviceMetadata {
    /** How the words of all rows follow one another. */
    public enum Order {
        /** Row by row: what {@code mma.sp} and CUTLASS' {@code uncompress} define. */
        ROW_MAJOR,
        /** Rows interleaved as the kernels load them: what CUTLASS multiplies by, and {@code to_sparse_semi_structured} of PyTorch makes. */
        DEVICE
    }

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int CODE_BITS = 4;
    private static final int KEEPS_FIRST = 0x4;
    private static final int KEEPS_SECOND = 0xe;

    private final DType type;
    private final int rows;
    private final int cols;
    private final Order order;

    /** N:M of the type. */
    private final int n;

    private final int m;
    private final int codesOfWord;
    private final int words;

    private DeviceMetadata(DType type, int rows, int cols, Order order) {
        this.type = type;
        this.rows = rows;
        this.cols = cols;
        this.order = order;
        n = type == DType.F32 ? 1 : 2;
        m = 2 * n;
        codesOfWord = type == DType.I8 ? 8 : 4;
        words = cols / (codesOfWord * m);
    }

    /**
     * The metadata of a matrix.
     *
     * @param type of the values: F16, BF16, I8 or F32
     * @param rows at least 0; in device order a multiple of 32, for I8 of 16
     * @param cols at least 0, a multiple of the columns of a word, in device order of two words
     * @param order how words follow one another
     * @return the converter
     * @throws IllegalArgumentException if an argument is not as described, or the matrix has more kept elements than a pattern can store
     */
    public static DeviceMetadata of(DType type, int rows, int cols, Order order) {
        if (type != DType.F16 && type != DType.BF16 && type != DType.I8 && type != DType.F32) {
            throw new IllegalArgumentException(
                    "type: " + type + " has no 2:4 metadata here; accepted are F16, BF16, I8 (all 2:4) and F32 (1:2)");
        }
        DeviceMetadata metadata = new DeviceMetadata(type, rows, cols, order);
        boolean device = order == Order.DEVICE;
        checkMultiple("rows", rows, device ? metadata.rowsOfTile() : 1, "tile of rows", type);
        int colsOfWord = metadata.codesOfWord * metadata.m;
        checkMultiple("cols", cols, device ? 2 * colsOfWord : colsOfWord, device ? "pair of words" : "word", type);
        long kept = (long) rows * (cols / 2);
        if (kept > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "kept elements: " + kept + " is out of range; accepted are 0 to " + (Integer.MAX_VALUE - 8));
        }
        return metadata;
    }

    private static void checkMultiple(String argument, int value, int unit, String meaning, DType type) {
        if (value < 0 || value % unit != 0) {
            throw new IllegalArgumentException(argument + ": " + value + " does not fit; accepted are multiples of "
                    + unit + " (a " + meaning + " of " + type + ")");
        }
    }

    /**
     * Type of a word, as PyTorch has it.
     *
     * @return I16 or I32
     */
    public DType wordType() {
        return type == DType.I8 ? DType.I32 : DType.I16;
    }

    /**
     * Words of a row.
     *
     * @return columns of the matrix / columns of a word
     */
    public int words() {
        return words;
    }

    /**
     * Size of the metadata.
     *
     * @return bytes: rows · words · size of a word
     */
    public long byteSize() {
        return (long) rows * words * wordBytes();
    }

    /**
     * Where a word is.
     *
     * @param row from 0 to rows − 1
     * @param word of the row, from 0 to words − 1
     * @return its place, counted in words
     * @throws IndexOutOfBoundsException if there is no such word
     */
    public long position(int row, int word) {
        if (row < 0 || row >= rows || word < 0 || word >= words) {
            throw new IndexOutOfBoundsException("row " + row + ", word " + word + " is outside of " + this);
        }
        return positionOf(row, word);
    }

    private long positionOf(int row, int word) {
        if (order == Order.ROW_MAJOR) {
            return (long) row * words + word;
        }
        // Two words of all rows, then the next two. In a tile, rows r, r + 8 and both words of each form a square that
        // is transposed.
        int square = ((word & 1) << 1) | ((row >> 3) & 1);
        int inTile = rowsOfTile() == 32
                ? ((row >> 5) << 6) | ((row & 7) << 3) | (((row >> 4) & 1) << 2) | square
                : ((row >> 4) << 5) | ((row & 7) << 2) | square;
        return (long) (word >> 1) * 2 * rows + inTile;
    }

    /**
     * Writes the metadata of a pattern.
     *
     * @param pattern of this shape; 2:4, for F32 1:2
     * @param target {@link #byteSize} bytes at any alignment; every word is overwritten
     * @throws IllegalArgumentException if an argument is not as described
     */
    public void encode(NmPattern pattern, MemorySegment target) {
        checkPattern(pattern);
        checkSize("target", target);
        for (int row = 0; row < rows; row++) {
            for (int word = 0; word < words; word++) {
                int codes = 0;
                for (int i = codesOfWord - 1; i >= 0; i--) {
                    codes = (codes << CODE_BITS) | code(pattern, row, word * codesOfWord + i);
                }
                putWord(target, positionOf(row, word), codes);
            }
        }
    }

    private int code(NmPattern pattern, int row, int group) {
        int first = pattern.index(row, group, 0);
        if (m == 2) {
            return first == 0 ? KEEPS_FIRST : KEEPS_SECOND;
        }
        return first | (pattern.index(row, group, 1) << 2);
    }

    /**
     * Reads metadata.
     *
     * @param source {@link #byteSize} bytes at any alignment
     * @return the pattern that they describe: 2:4, for F32 1:2
     * @throws IllegalArgumentException if the size is another one, or a group has an illegal code; the message names row and group
     */
    public NmPattern decode(MemorySegment source) {
        checkSize("source", source);
        int[] indices = new int[rows * (cols / m) * n];
        int next = 0;
        for (int row = 0; row < rows; row++) {
            for (int word = 0; word < words; word++) {
                int codes = getWord(source, positionOf(row, word));
                for (int i = 0; i < codesOfWord; i++) {
                    int code = (codes >>> (i * CODE_BITS)) & 0xf;
                    if (!isLegal(code)) {
                        throw illegal(code, row, word * codesOfWord + i);
                    }
                    if (m == 2) {
                        indices[next++] = code == KEEPS_FIRST ? 0 : 1;
                    } else {
                        indices[next++] = code & 3;
                        indices[next++] = code >> 2;
                    }
                }
            }
        }
        return NmPattern.of(rows, cols, n, m, indices);
    }

    private boolean isLegal(int code) {
        return m == 2 ? code == KEEPS_FIRST || code == KEEPS_SECOND : (code & 3) < code >> 2;
    }

    private IllegalArgumentException illegal(int code, int row, int group) {
        String accepted = m == 2 ? "0x4, 0xE (1:2, as fp32 has it)" : "0x4, 0x8, 0x9, 0xC, 0xD, 0xE";
        return new IllegalArgumentException(String.format(
                "metadata: code 0x%X of row %d, group %d is illegal; accepted are %s", code, row, group, accepted));
    }

    private void checkPattern(NmPattern pattern) {
        checkSparsity(type, pattern);
        if (pattern.n() != n || pattern.m() != m || pattern.rows() != rows || pattern.cols() != cols) {
            throw new IllegalArgumentException("pattern: " + pattern + " does not fit; expected " + rows + "×" + cols
                    + ", " + n + ":" + m + " (" + type + ")");
        }
    }

    /** Refuses what would have to be pruned further before a tensor core takes it. */
    static void checkSparsity(DType type, NmPattern pattern) {
        if (type == DType.F32 && pattern.n() == 2 && pattern.m() == 4) {
            throw new IllegalArgumentException(
                    "pattern: " + pattern + ": fp32 on tensor cores is 1:2, not 2:4; accepted are"
                            + " 1:2, or 2:4 with values converted to BF16 or F16");
        }
    }

    private void checkSize(String argument, MemorySegment segment) {
        if (segment.byteSize() != byteSize()) {
            throw new IllegalArgumentException(argument + ": " + segment.byteSize() + " bytes do not fit; expected "
                    + byteSize() + " (" + rows + " rows of " + words + " words)");
        }
    }

    private int rowsOfTile() {
        return type == DType.I8 ? 16 : 32;
    }

    private int wordBytes() {
        return codesOfWord * CODE_BITS / Byte.SIZE;
    }

    private int getWord(MemorySegment segment, long position) {
        return codesOfWord == 8
                ? segment.get(INT, position * Integer.BYTES)
                : segment.get(SHORT, position * Short.BYTES);
    }

    private void putWord(MemorySegment segment, long position, int word) {
        if (codesOfWord == 8) {
            segment.set(INT, position * Integer.BYTES, word);
        } else {
            segment.set(SHORT, position * Short.BYTES, (short) word);
        }
    }

    @Override
    public String toString() {
        return "DeviceMetadata " + rows + "×" + cols + ", " + n + ":" + m + " of " + type + ", " + order;
    }
}
