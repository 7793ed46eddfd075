package dev.rewire.kernels.io;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Sparse matrices of any format in safetensors files; {@code w} stands for the name of the matrix:
 *
 * <ul>
 *   <li>blocks, under the names that PyTorch gives to the parts of its BSR tensors: {@code w.values} [blocks, rows of a block, columns of a block]
 *       in F32, BF16 or F16, {@code w.crow_indices} I32 [rows of the grid + 1], {@code w.col_indices} I32 [blocks], with {@code w.shape},
 *       "768x3072" for example, in the file's metadata
 *   <li>N:M, as {@link SemiStructuredTensors} says
 * </ul>
 *
 * <p>Values keep their bits, whatever they are.
 */
public final class SparseTensors {
    private static final String VALUES = ".values";
    private static final String OFFSETS = ".crow_indices";
    private static final String INDICES = ".col_indices";
    private static final String SHAPE = ".shape";

    private SparseTensors() {}

    /**
     * Adds a matrix.
     *
     * @param writer where to; it reads the values when it writes
     * @param name of the matrix
     * @param matrix any format
     * @throws IllegalArgumentException if the name is taken
     */
    public static void add(SafetensorsWriter writer, String name, SparseMatrix matrix) {
        switch (matrix) {
            case SemiStructuredMatrix nm -> SemiStructuredTensors.add(writer, name, nm);
            case BlockSparseMatrix blocks -> addBlocks(writer, name, blocks);
        }
    }

    private static void addBlocks(SafetensorsWriter writer, String name, BlockSparseMatrix matrix) {
        BlockPattern pattern = matrix.pattern();
        clearPadding(matrix);
        writer.addMetadata(name + SHAPE, pattern.rows() + "x" + pattern.cols());
        addInts(writer, name + OFFSETS, pattern.rowOffsets());
        addInts(writer, name + INDICES, pattern.colIndices());
        writer.add(
                name + VALUES,
                DType.of(matrix.type()),
                new long[] {pattern.blocks(), pattern.blockRows(), pattern.blockCols()},
                TensorValues.littleEndian(matrix.values(), matrix.type()));
    }

    private static void addInts(SafetensorsWriter writer, String name, int[] values) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, Integer.BYTES)]);
        ValueLayout.OfInt layout = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        MemorySegment.copy(values, 0, bytes, layout, 0, values.length);
        writer.add(name, DType.I32, new long[] {values.length}, bytes);
    }

    /**
     * Reads a matrix.
     *
     * @param arena where the memory comes from
     * @param file an open file
     * @param name of the matrix
     * @return a copy: a {@link BlockSparseMatrix} where the file has {@code name.crow_indices}, otherwise a {@link SemiStructuredMatrix}
     * @throws IllegalArgumentException if the file has no sparse matrix of that name
     * @throws MatrixFileException if the tensors of that name are no matrix
     */
    public static SparseMatrix read(KernelArena arena, Safetensors file, String name) throws MatrixFileException {
        if (file.names().contains(name + OFFSETS)) {
            return readBlocks(arena, file, name);
        }
        if (SemiStructuredTensors.has(file, name)) {
            return SemiStructuredTensors.read(arena, file, name);
        }
        throw new IllegalArgumentException("name: " + JsonScanner.shown(name) + " is no sparse matrix of " + file
                + "; accepted is x where the file has x" + OFFSETS + ", or x.values or x.packed of an N:M matrix");
    }

    /**
     * Reads a matrix in blocks. Indices may be I64 as well, PyTorch's default, and values of single elements [elements], as CSR has them.
     *
     * @param arena where the memory comes from
     * @param file an open file
     * @param name of the matrix
     * @return a copy
     * @throws IllegalArgumentException if the file has no tensor {@code name.crow_indices}
     * @throws MatrixFileException if the tensors of that name are no matrix in blocks
     */
    public static BlockSparseMatrix readBlocks(KernelArena arena, Safetensors file, String name)
            throws MatrixFileException {
        int[] offsets = ints(file, name + OFFSETS);
        int[] indices = ints(file, name + INDICES);
        Safetensors.Tensor values = TensorValues.tensor(file, name + VALUES);
        ValueType type = TensorValues.type(file, values);
        long[] shape = values.shape();
        boolean single = shape.length == 1;
        if ((!single && shape.length != 3) || shape[0] != indices.length) {
            throw file.error(
                    values.name(),
                    ": " + Arrays.toString(shape) + "; expected [" + indices.length
                            + ", rows of a block, columns of a block]");
        }
        int blockRows = single ? 1 : side(file, values, shape[1]);
        int blockCols = single ? 1 : side(file, values, shape[2]);
        int[] size = size(file, name, values);
        try {
            BlockPattern pattern = BlockPattern.of(size[0], size[1], blockRows, blockCols, offsets, indices);
            BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern, type);
            TensorValues.copy(values.data(), ByteOrder.LITTLE_ENDIAN, matrix.values(), ByteOrder.nativeOrder(), type);
            clearPadding(matrix);
            return matrix;
        } catch (IllegalArgumentException e) {
            throw file.error(name + OFFSETS, ", " + e.getMessage());
        }
    }

    /** What callers, and files of others, have outside of the matrix does not count; readers of files rely on zeros there. */
    private static void clearPadding(BlockSparseMatrix matrix) {
        BlockPattern pattern = matrix.pattern();
        MemorySegment values = matrix.values();
        int width = pattern.blockCols();
        int ofBlock = pattern.blockRows() * width;
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            int rows = Math.min(pattern.blockRows(), pattern.rows() - gridRow * pattern.blockRows());
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int cols = Math.min(width, pattern.cols() - pattern.gridCol(block) * width);
                for (int i = 0; cols * rows < ofBlock && i < ofBlock; i++) {
                    if (i / width >= rows || i % width >= cols) {
                        matrix.type().set(values, (long) block * ofBlock + i, 0);
                    }
                }
            }
        }
    }

    private static int side(Safetensors file, Safetensors.Tensor values, long side) throws MatrixFileException {
        if (side < 1 || side > BlockPattern.MAX_BLOCK) {
            throw file.error(
                    values.name(),
                    ": " + Arrays.toString(values.shape()) + "; accepted are blocks of 1 to " + BlockPattern.MAX_BLOCK
                            + " rows and columns");
        }
        return (int) side;
    }

    /** Rows and columns; the latter have no other evidence in the file, and an index over them. */
    private static int[] size(Safetensors file, String name, Safetensors.Tensor values) throws MatrixFileException {
        String shape = file.metadata().get(name + SHAPE);
        if (shape == null || !shape.matches("[0-9]{1,10}x[0-9]{1,10}")) {
            throw file.error(
                    values.name(),
                    ": metadata " + JsonScanner.shown(name + SHAPE) + " is "
                            + (shape == null ? "missing" : JsonScanner.shown(shape))
                            + "; expected ROWSxCOLUMNS, 768x3072 for example");
        }
        int[] size = new int[2];
        int at = 0;
        for (String part : shape.split("x", 2)) {
            long side = Long.parseLong(part);
            long most = Math.min(
                    Integer.MAX_VALUE - BlockPattern.MAX_BLOCK,
                    Math.max(MatrixSize.FREE_SIDE, file.dataBytes() / Integer.BYTES * BlockPattern.MAX_BLOCK));
            if (side > most) {
                throw file.error(
                        values.name(),
                        ": metadata " + JsonScanner.shown(name + SHAPE) + " is " + JsonScanner.shown(shape)
                                + "; accepted are sides up to " + most + " for a file of this size");
            }
            size[at++] = (int) side;
        }
        return size;
    }

    private static int[] ints(Safetensors file, String name) throws MatrixFileException {
        Safetensors.Tensor tensor = TensorValues.tensor(file, name);
        boolean wide = tensor.dtype() == DType.I64;
        long[] shape = tensor.shape();
        if ((!wide && tensor.dtype() != DType.I32) || shape.length != 1 || shape[0] > Integer.MAX_VALUE - 8) {
            throw file.error(
                    name, ": " + tensor.dtype() + " " + Arrays.toString(shape) + "; expected I32 or I64 [entries]");
        }
        int[] ints = new int[(int) shape[0]];
        for (int i = 0; i < ints.length; i++) {
            long value = wide
                    ? tensor.data().get(TensorValues.LONG, (long) i * Long.BYTES)
                    : tensor.data().get(TensorValues.INT, (long) i * Integer.BYTES);
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw file.error(
                        name,
                        ", entry " + i + ": " + value + " is out of range; accepted are 0 to " + Integer.MAX_VALUE);
            }
            ints[i] = (int) value;
        }
        return ints;
    }
}
