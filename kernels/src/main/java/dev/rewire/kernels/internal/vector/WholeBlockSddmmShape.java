package dev.rewire.kernels.internal.vector;

/**
 * What a tile of {@link WholeBlockSddmmGenerator} is specialised for.
 *
 * @param cols of a block
 * @param blockVectors vectors of a block
 * @param samples that are added up
 */
record WholeBlockSddmmShape(int cols, int blockVectors, int samples) {
    /** Gradients that stay in registers, beside a sum for each vector and an input; C1 has fewer registers, where it cannot be kept away. */
    static int gradients() {
        int registers = VectorWidth.registers() / (CompilerRequests.absence().isPresent() ? 2 : 1);
        return registers * 3 / 4;
    }

    /** Vectors of a block that are computed at once, which divide it. */
    int vectors() {
        int vectors = Math.clamp(gradients() / samples, 1, blockVectors);
        while (blockVectors % vectors != 0) {
            vectors--;
        }
        return vectors;
    }

    /** Bytes of a block. */
    long blockBytes() {
        return (long) blockVectors * RawMemory.VECTOR_BYTES;
    }

    /** Bytes of the gradients of a vector. */
    long gradientBytes() {
        return (long) samples * RawMemory.VECTOR_BYTES;
    }
}
