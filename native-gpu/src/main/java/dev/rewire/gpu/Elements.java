package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_16BF;
import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_16F;
import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_32F;
import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_32I;
import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_8I;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Elements of matrices on a device, as they pass through host memory. */
final class Elements {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private Elements() {}

    static int bytes(DType type) {
        return type.bits() / Byte.SIZE;
    }

    /** The type's {@code cudaDataType}. */
    static int cuda(DType type) {
        return switch (type) {
            case F32 -> CUDA_R_32F;
            case F16 -> CUDA_R_16F;
            case BF16 -> CUDA_R_16BF;
            case I8 -> CUDA_R_8I;
            case I32 -> CUDA_R_32I;
            default -> throw unsupported(type);
        };
    }

    static float get(DType type, MemorySegment from, long index) {
        return switch (type) {
            case F32 -> ValueType.F32.get(from, index);
            case F16 -> ValueType.F16.get(from, index);
            case BF16 -> ValueType.BF16.get(from, index);
            case I8 -> from.get(ValueLayout.JAVA_BYTE, index);
            case I32 -> from.get(INT, index * Integer.BYTES);
            default -> throw unsupported(type);
        };
    }

    /** Rounds to the nearest, to the even one of two. Integers saturate, at ±127 for I8, and have 0 for NaN. */
    static void set(DType type, MemorySegment to, long index, float value) {
        switch (type) {
            case F32 -> ValueType.F32.set(to, index, value);
            case F16 -> ValueType.F16.set(to, index, value);
            case BF16 -> ValueType.BF16.set(to, index, value);
            case I8 -> to.set(ValueLayout.JAVA_BYTE, index, (byte) Math.clamp(Math.rint(value), -127, 127));
            case I32 -> to.set(INT, index * Integer.BYTES, (int) Math.rint(value));
            default -> throw unsupported(type);
        }
    }

    static void check(DType type) {
        cuda(type);
    }

    private static IllegalArgumentException unsupported(DType type) {
        return new IllegalArgumentException(
                "type: " + type + " is not multiplied; accepted are F32, F16, BF16, I8, I32");
    }
}
