package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.arrays.BsrArrays;
import dev.rewire.kernels.arrays.CooArrays;
import dev.rewire.kernels.arrays.CscArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Files of {@code scipy.sparse.save_npz}: matrices in CSR, CSC, coordinates or BSR, a ZIP archive of NumPy's arrays.
 *
 * <p>Values of any real type are read, rounded to the nearest float: a NaN stays one, and what no float holds is refused. Indices need not be
 * sorted, and a place may be given twice, which to SciPy means the sum: {@link SparseArrays#toBlocks} is told what becomes of that.
 */
public final class Npz {
    private Npz() {}

    /**
     * Reads a file.
     *
     * @param file what to read, on a file system of the machine
     * @return the matrix in the format of the file
     * @throws MatrixFileException if the file is malformed, inflates to more than 64 MiB and a hundred times its size, or holds another format
     * @throws IOException if it cannot be read
     */
    public static SparseArrays read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new MatrixFileException(file.toString(), 0, "a directory; accepted are .npz files");
        }
        try (NpzMembers members = new NpzMembers(file)) {
            return read(members);
        }
    }

    private static SparseArrays read(NpzMembers members) throws IOException {
        String format = members.read("format", NpyArray::text);
        int[] shape = members.read("shape", array -> array.ints(Integer.MAX_VALUE - BlockPattern.MAX_BLOCK));
        if (shape.length != 2) {
            throw members.error("shape.npy: " + shape.length + " dimensions; expected 2, a matrix");
        }
        SparseArrays arrays = switch (format) {
            case "csr" -> csr(members, shape[0], shape[1]);
            case "csc" -> csc(members, shape[0], shape[1]);
            case "coo" -> coo(members, shape[0], shape[1]);
            case "bsr" -> bsr(members, shape[0], shape[1]);
            default ->
                throw members.error("format.npy: " + JsonScanner.shown(format)
                        + " is not supported; accepted are csr, csc, coo, bsr (tocsr() makes one)");
        };
        checkSide(members, "rows", shape[0]);
        checkSide(members, "columns", shape[1]);
        try {
            arrays.check();
        } catch (IllegalArgumentException e) {
            throw members.error("as " + format + " arrays, " + e.getMessage());
        }
        return arrays;
    }

    private static void checkSide(NpzMembers members, String what, int side) throws MatrixFileException {
        if (side > members.mostOfSide()) {
            throw members.error("shape.npy: " + side + " " + what + " are too many for this file; accepted are up to "
                    + members.mostOfSide());
        }
    }

    private static CsrArrays csr(NpzMembers members, int rows, int cols) throws IOException {
        int[] offsets = offsets(members, rows);
        int count = last(offsets);
        return new CsrArrays(rows, cols, offsets, ints(members, "indices", count), floats(members, count));
    }

    private static CscArrays csc(NpzMembers members, int rows, int cols) throws IOException {
        int[] offsets = offsets(members, cols);
        int count = last(offsets);
        return new CscArrays(rows, cols, offsets, ints(members, "indices", count), floats(members, count));
    }

    private static CooArrays coo(NpzMembers members, int rows, int cols) throws IOException {
        if (members.has("coords")) {
            int[] both = members.read("coords", array -> {
                expect(array, array.shape().length == 2 && array.shape()[0] == 2, "[2, elements]");
                return array.ints(Integer.MAX_VALUE);
            });
            int half = both.length / 2;
            int[] ofRows = Arrays.copyOf(both, half);
            int[] ofCols = Arrays.copyOfRange(both, half, both.length);
            return new CooArrays(rows, cols, ofRows, ofCols, floats(members, half));
        }
        int[] ofRows = members.read("row", array -> {
            expect(array, array.shape().length == 1, "one dimension");
            return array.ints(Integer.MAX_VALUE);
        });
        return new CooArrays(rows, cols, ofRows, ints(members, "col", ofRows.length), floats(members, ofRows.length));
    }

    private static BsrArrays bsr(NpzMembers members, int rows, int cols) throws IOException {
        int[] block = new int[2];
        float[] values = members.read("data", array -> {
            long[] shape = array.shape();
            expect(array, shape.length == 3, "[blocks, rows of a block, columns of a block]");
            for (int side = 0; side < 2; side++) {
                long size = shape[side + 1];
                expect(
                        array,
                        size >= 1 && size <= BlockPattern.MAX_BLOCK,
                        "blocks of 1 to " + BlockPattern.MAX_BLOCK
                                + " rows and columns (tobsr(blocksize=…) makes some)");
                block[side] = (int) size;
            }
            return array.floats();
        });
        int[] offsets = offsets(members, Math.ceilDiv(rows, block[0]));
        int[] indices = ints(members, "indices", last(offsets));
        return new BsrArrays(rows, cols, block[0], block[1], offsets, indices, values);
    }

    private static int[] offsets(NpzMembers members, int lines) throws IOException {
        return members.read("indptr", array -> {
            expect(array, Arrays.equals(array.shape(), new long[] {lines + 1L}), "[" + (lines + 1L) + "]");
            return array.ints(Integer.MAX_VALUE - 8);
        });
    }

    private static int last(int[] offsets) {
        return offsets[offsets.length - 1];
    }

    private static int[] ints(NpzMembers members, String name, int count) throws IOException {
        return members.read(name, array -> {
            expect(array, Arrays.equals(array.shape(), new long[] {count}), "[" + count + "]");
            return array.ints(Integer.MAX_VALUE);
        });
    }

    private static float[] floats(NpzMembers members, int count) throws IOException {
        return members.read("data", array -> {
            expect(array, Arrays.equals(array.shape(), new long[] {count}), "[" + count + "]");
            return array.floats();
        });
    }

    private static void expect(NpyArray array, boolean fits, String expected) throws MatrixFileException {
        if (!fits) {
            throw array.error("shape: " + array.shownShape() + "; expected " + expected);
        }
    }

    /**
     * Writes a file that {@code scipy.sparse.load_npz} reads, with 32-bit floats and indices. It is written beside its place and moved there once
     * it is whole. The same arrays give the same bytes on the same JDK.
     *
     * @param file where to; replaced if it exists
     * @param arrays the matrix, written in its own format
     * @throws IllegalArgumentException if the arrays are no matrix, or are blocks that do not divide it, which SciPy has not; nothing is replaced
     * @throws IOException if writing fails; nothing is replaced
     */
    public static void write(Path file, SparseArrays arrays) throws IOException {
        arrays.check();
        if (arrays instanceof BsrArrays blocks
                && (blocks.rows() % blocks.blockRows() != 0 || blocks.cols() % blocks.blockCols() != 0)) {
            throw new IllegalArgumentException("arrays: " + blocks
                    + ", which do not divide the matrix; SciPy has only such that do: write SparseArrays.csr(matrix)");
        }
        WholeFile.stream(file, out -> {
            try (NpzOutput npz = new NpzOutput(out)) {
                switch (arrays) {
                    case CsrArrays(int rows, int cols, int[] offsets, int[] indices, float[] values) -> {
                        npz.head("csr", rows, cols);
                        npz.compressed(offsets, indices);
                        npz.floats("data", values, values.length);
                    }
                    case CscArrays(int rows, int cols, int[] offsets, int[] indices, float[] values) -> {
                        npz.head("csc", rows, cols);
                        npz.compressed(offsets, indices);
                        npz.floats("data", values, values.length);
                    }
                    case CooArrays(int rows, int cols, int[] ofRows, int[] ofCols, float[] values) -> {
                        npz.head("coo", rows, cols);
                        npz.ints("row", ofRows);
                        npz.ints("col", ofCols);
                        npz.floats("data", values, values.length);
                    }
                    case BsrArrays blocks -> {
                        npz.head("bsr", blocks.rows(), blocks.cols());
                        npz.compressed(blocks.rowOffsets(), blocks.colIndices());
                        npz.floats(
                                "data",
                                blocks.values(),
                                blocks.colIndices().length,
                                blocks.blockRows(),
                                blocks.blockCols());
                    }
                }
            }
        });
    }
}
