package dev.rewire.kernels.io;

import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Values of matrices in the bytes of tensors, which are little-endian and lie anywhere. */
final class TensorValues {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TensorValues() {}

    /** Values as a file has them; themselves where memory has the same order. */
    static MemorySegment littleEndian(MemorySegment values, ValueType type) {
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return values;
        }
        MemorySegment swapped = MemorySegment.ofArray(new byte[Math.toIntExact(values.byteSize())]);
        copy(values, ByteOrder.nativeOrder(), swapped, ByteOrder.LITTLE_ENDIAN, type);
        return swapped;
    }

    /** Keeps the bits of each value. */
    static void copy(MemorySegment from, ByteOrder fromOrder, MemorySegment to, ByteOrder toOrder, ValueType type) {
        ValueLayout layout = type == ValueType.F32 ? ValueLayout.JAVA_INT_UNALIGNED : ValueLayout.JAVA_SHORT_UNALIGNED;
        MemorySegment.copy(
                from, layout.withOrder(fromOrder), 0, to, layout.withOrder(toOrder), 0, to.byteSize() / type.bytes());
    }

    static ValueType type(Safetensors file, Safetensors.Tensor values) throws MatrixFileException {
        return switch (values.dtype()) {
            case F32 -> ValueType.F32;
            case BF16 -> ValueType.BF16;
            case F16 -> ValueType.F16;
            default ->
                throw file.error(values.name(), ": values of " + values.dtype() + "; accepted are F32, BF16, F16");
        };
    }

    /** A tensor that there must be beside others. */
    static Safetensors.Tensor tensor(Safetensors file, String name) throws MatrixFileException {
        if (!file.names().contains(name)) {
            throw file.error(name, ": there is no such tensor beside the others of the matrix");
        }
        return file.tensor(name);
    }
}
