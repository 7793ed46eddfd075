package dev.rewire.kernels.io;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * N:M matrices in safetensors files, in two forms of two tensors each; {@code w} stands for the name of the matrix:
 *
 * <ul>
 *   <li>plain, any N:M: {@code w.values} [rows, cols / M · N] and {@code w.indices} U8 [rows, bytes of a row], packed as {@link NmPattern} says,
 *       with {@code w.nm}, "2:4" for example, in the file's metadata
 *   <li>for a device, 2:4 in F16 or BF16 and 1:2 in F32: {@code w.packed} [rows, cols / 2] and {@code w.meta} I16 [rows, words], the pair that
 *       PyTorch's {@code to_sparse_semi_structured} makes for CUTLASS, under the names of its attributes; see {@link DeviceMetadata}
 * </ul>
 *
 * <p>Values of F32, BF16 and F16 keep their bits, whatever they are.
 */
public final class SemiStructuredTensors {
    private static final String VALUES = ".values";
    private static final String INDICES = ".indices";
    private static final String NM = ".nm";
    private static final String PACKED = ".packed";
    private static final String META = ".meta";

    private SemiStructuredTensors() {}

    /**
     * Adds a matrix in the plain form.
     *
     * @param writer where to; it reads the values when it writes
     * @param name of the matrix
     * @param matrix any N:M
     * @throws IllegalArgumentException if the name is taken
     */
    public static void add(SafetensorsWriter writer, String name, SemiStructuredMatrix matrix) {
        NmPattern pattern = matrix.pattern();
        writer.addMetadata(name + NM, pattern.n() + ":" + pattern.m());
        writer.add(
                name + INDICES,
                DType.U8,
                new long[] {pattern.rows(), pattern.rowBytes()},
                MemorySegment.ofArray(pattern.packed()));
        addValues(writer, name + VALUES, matrix);
    }

    /**
     * Adds a matrix in the form of a device.
     *
     * @param writer where to; it reads the values when it writes
     * @param name of the matrix
     * @param matrix 2:4 in F16 or BF16, or 1:2 in F32; rows a multiple of 32, columns of 32 (for F32 of 16)
     * @throws IllegalArgumentException if the name is taken, or a tensor core has no such matrix: a 2:4 matrix in F32, for example, which is
     *     never rounded silently
     */
    public static void addForDevice(SafetensorsWriter writer, String name, SemiStructuredMatrix matrix) {
        NmPattern pattern = matrix.pattern();
        DType type = DType.of(matrix.type());
        DeviceMetadata.checkSparsity(type, pattern); // before its shape, which would be no help to mend
        DeviceMetadata metadata = DeviceMetadata.of(type, pattern.rows(), pattern.cols(), DeviceMetadata.Order.DEVICE);
        MemorySegment words = MemorySegment.ofArray(new byte[(int) metadata.byteSize()]);
        metadata.encode(pattern, words);
        writer.add(name + META, metadata.wordType(), new long[] {pattern.rows(), metadata.words()}, words);
        addValues(writer, name + PACKED, matrix);
    }

    private static void addValues(SafetensorsWriter writer, String name, SemiStructuredMatrix matrix) {
        NmPattern pattern = matrix.pattern();
        MemorySegment values = TensorValues.littleEndian(matrix.values(), matrix.type());
        writer.add(name, DType.of(matrix.type()), new long[] {pattern.rows(), pattern.rowElements()}, values);
    }

    /**
     * Reads a matrix in either form; where a file has both, the plain one.
     *
     * @param arena where the memory comes from
     * @param file an open file
     * @param name of the matrix
     * @return a copy
     * @throws IllegalArgumentException if the file has no tensor {@code name.values} and none {@code name.packed}
     * @throws MatrixFileException if the tensors of that name are no N:M matrix; the message names row and group of an illegal place
     */
    public static SemiStructuredMatrix read(KernelArena arena, Safetensors file, String name)
            throws MatrixFileException {
        if (file.names().contains(name + VALUES)) {
            return readPlain(arena, file, name);
        }
        if (file.names().contains(name + PACKED)) {
            return readFromDevice(arena, file, name);
        }
        throw new IllegalArgumentException("name: " + JsonScanner.shown(name) + " is no N:M matrix of "
                + MatrixFileException.printable(file.toString()) + "; accepted is x where the file has a tensor x"
                + VALUES + " or x" + PACKED);
    }

    static boolean has(Safetensors file, String name) {
        return file.names().contains(name + VALUES) || file.names().contains(name + PACKED);
    }

    private static SemiStructuredMatrix readPlain(KernelArena arena, Safetensors file, String name)
            throws MatrixFileException {
        Safetensors.Tensor values = file.tensor(name + VALUES);
        ValueType type = TensorValues.type(file, values);
        String nm = file.metadata().get(name + NM);
        if (nm == null || !nm.matches("[1-9][0-9]?:[1-9][0-9]?")) {
            throw file.error(
                    values.name(),
                    ": metadata " + JsonScanner.shown(name + NM) + " is "
                            + (nm == null ? "missing" : JsonScanner.shown(nm)) + "; expected N:M, 2:4 for example");
        }
        int n = Integer.parseInt(nm.substring(0, nm.indexOf(':')));
        int m = Integer.parseInt(nm.substring(nm.indexOf(':') + 1));
        int rows = side(file, values, 0);
        int stored = side(file, values, 1);
        if (stored % n != 0 || (long) stored / n * m > Integer.MAX_VALUE) {
            throw file.error(values.name(), ": " + stored + " values of a row are no groups of " + nm);
        }
        Safetensors.Tensor indices = companion(file, name + INDICES, DType.U8, rows);
        if (indices.data().byteSize() > Integer.MAX_VALUE - 8) {
            throw file.error(
                    indices.name(), ": " + indices.data().byteSize() + " bytes are more than a pattern can store");
        }
        try {
            byte[] packed = indices.data().toArray(ValueLayout.JAVA_BYTE);
            return matrix(arena, NmPattern.ofPacked(rows, stored / n * m, n, m, packed), type, values);
        } catch (IllegalArgumentException e) {
            throw file.error(indices.name(), ", " + e.getMessage());
        }
    }

    private static SemiStructuredMatrix readFromDevice(KernelArena arena, Safetensors file, String name)
            throws MatrixFileException {
        Safetensors.Tensor values = file.tensor(name + PACKED);
        ValueType type = TensorValues.type(file, values);
        int rows = side(file, values, 0);
        int stored = side(file, values, 1);
        if (stored > Integer.MAX_VALUE / 2) {
            throw file.error(values.name(), ": " + stored + " values of a row are more than a pattern can store");
        }
        Safetensors.Tensor meta = companion(file, name + META, DType.I16, rows);
        try {
            DeviceMetadata metadata = DeviceMetadata.of(values.dtype(), rows, 2 * stored, DeviceMetadata.Order.DEVICE);
            return matrix(arena, metadata.decode(meta.data()), type, values);
        } catch (IllegalArgumentException e) {
            throw file.error(meta.name(), ", " + e.getMessage());
        }
    }

    private static SemiStructuredMatrix matrix(
            KernelArena arena, NmPattern pattern, ValueType type, Safetensors.Tensor values) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(arena, pattern, type);
        TensorValues.copy(values.data(), ByteOrder.LITTLE_ENDIAN, matrix.values(), ByteOrder.nativeOrder(), type);
        return matrix;
    }

    /** A dimension of a matrix, within reason: one without elements must not claim a billion rows, which an index would have. */
    private static int side(Safetensors file, Safetensors.Tensor tensor, int dimension) throws MatrixFileException {
        long[] shape = tensor.shape();
        if (shape.length != 2) {
            throw file.error(tensor.name(), ": " + shape.length + " dimensions; expected 2, a matrix");
        }
        long most = Math.min(
                Integer.MAX_VALUE, Math.max(MatrixSize.FREE_SIDE, tensor.data().byteSize()));
        if (shape[dimension] > most) {
            throw file.error(
                    tensor.name(),
                    ": shape " + Arrays.toString(shape) + " is out of range; accepted are up to " + most);
        }
        return (int) shape[dimension];
    }

    private static Safetensors.Tensor companion(Safetensors file, String name, DType dtype, int rows)
            throws MatrixFileException {
        if (!file.names().contains(name)) {
            throw file.error(name, ": there is no such tensor beside the values");
        }
        Safetensors.Tensor tensor = file.tensor(name);
        long[] shape = tensor.shape();
        if (tensor.dtype() != dtype || shape.length != 2 || shape[0] != rows) {
            throw file.error(
                    name,
                    ": " + tensor.dtype() + " " + Arrays.toString(shape) + "; expected " + dtype + " [" + rows
                            + ", …]");
        }
        return tensor;
    }
}
