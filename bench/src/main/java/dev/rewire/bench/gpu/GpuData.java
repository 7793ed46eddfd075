package dev.rewire.bench.gpu;

import dev.rewire.gpu.GpuMatrix;
import dev.rewire.gpu.GpuStream;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Random elements for matrices on a device, and single elements back. */
final class GpuData {
    /** What is drawn: rows repeat themselves after so many bytes, since drawing takes longer than copying. */
    private static final long DRAWN_BYTES = 4 << 20;

    private final GpuStream stream;

    GpuData(GpuStream stream) {
        this.stream = stream;
    }

    /** Draws floats from −1 to 1, or integers of 8 bits, none of them zero. */
    void fill(GpuMatrix matrix, long seed) {
        long rowBytes = (long) matrix.cols() * bytes(matrix.type());
        int drawn = Math.clamp(DRAWN_BYTES / rowBytes, 1, matrix.rows());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rows = arena.allocate(drawn * rowBytes, Long.BYTES);
            draw(rows, matrix.type(), (long) drawn * matrix.cols(), new SplittableRandom(seed));
            for (int first = 0; first < matrix.rows(); first += drawn) {
                int some = Math.min(drawn, matrix.rows() - first);
                matrix.buffer().copyFrom(first * rowBytes, rows.asSlice(0, some * rowBytes), stream);
            }
        }
    }

    private static void draw(MemorySegment to, DType type, long count, SplittableRandom random) {
        for (long i = 0; i < count; i++) {
            if (type == DType.I8) {
                int magnitude = random.nextInt(1, 128);
                to.set(ValueLayout.JAVA_BYTE, i, (byte) (random.nextBoolean() ? magnitude : -magnitude));
            } else {
                float magnitude = random.nextFloat(0x1p-6f, 1);
                floats(type).set(to, i, random.nextBoolean() ? magnitude : -magnitude);
            }
        }
    }

    /** A row of a matrix, exactly. */
    double[] row(GpuMatrix matrix, int row) {
        return read(matrix, (long) row * matrix.cols(), matrix.cols());
    }

    /** An element of a matrix, exactly. */
    double element(GpuMatrix matrix, int row, int col) {
        return read(matrix, (long) row * matrix.cols() + col, 1)[0];
    }

    private double[] read(GpuMatrix matrix, long first, int count) {
        DType type = matrix.type();
        double[] elements = new double[count];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate((long) count * bytes(type), Long.BYTES);
            matrix.buffer().copyTo(first * bytes(type), from, stream);
            for (int i = 0; i < count; i++) {
                elements[i] = switch (type) {
                    case I8 -> from.get(ValueLayout.JAVA_BYTE, i);
                    case I32 -> from.getAtIndex(ValueLayout.JAVA_INT, i);
                    default -> floats(type).get(from, i);
                };
            }
        }
        return elements;
    }

    private static ValueType floats(DType type) {
        return switch (type) {
            case F16 -> ValueType.F16;
            case BF16 -> ValueType.BF16;
            case F32 -> ValueType.F32;
            default -> throw new IllegalArgumentException("type: " + type + "; accepted are F16, BF16, F32");
        };
    }

    private static int bytes(DType type) {
        return type.bits() / Byte.SIZE;
    }
}
