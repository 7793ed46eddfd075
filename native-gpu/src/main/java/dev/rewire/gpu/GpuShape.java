package dev.rewire.gpu;

import dev.rewire.kernels.io.DType;

/**
 * A product as far as the choice of an algorithm goes: {@code Y = X·Wᵀ} with W outputs × inputs.
 *
 * @param type of both operands
 * @param result how Y is stored
 * @param outputs rows of W: a positive multiple of {@link GpuType#multiple}
 * @param inputs columns of W: a positive multiple of {@link GpuType#multiple}
 * @param batch samples, at least 1; rounded up to {@link GpuMatrix#ROWS}
 * @param epilogue what else happens
 */
public record GpuShape(GpuType type, DType result, int outputs, int inputs, int batch, GpuEpilogue epilogue) {
    /** Checks the arguments, and rounds the batch up. */
    public GpuShape {
        if (!type.results().contains(result)) {
            throw new IllegalArgumentException(
                    "result: " + result + " does not come out of " + type + "; accepted are " + type.results());
        }
        checkMultiple("outputs", outputs, type);
        checkMultiple("inputs", inputs, type);
        batch = GpuMatrix.paddedRows(batch);
    }

    private static void checkMultiple(String argument, int value, GpuType type) {
        if (value < 1 || value % type.multiple() != 0) {
            throw new IllegalArgumentException(argument + ": " + value + " does not fit; accepted are multiples of "
                    + type.multiple() + " from " + type.multiple() + " on (32 bytes of " + type.element() + ")");
        }
    }

    GpuShape withBatch(int samples) {
        return new GpuShape(type, result, outputs, inputs, samples, epilogue);
    }

    GpuShape withEpilogue(GpuEpilogue other) {
        return new GpuShape(type, result, outputs, inputs, batch, other);
    }
}
