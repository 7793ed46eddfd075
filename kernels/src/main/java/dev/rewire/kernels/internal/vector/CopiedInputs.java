package dev.rewire.kernels.internal.vector;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Inputs side by side as the lanes of blocks' values want them, of blocks or of rows of blocks one after the other that are whole vectors. */
final class CopiedInputs {
    private static final int LANES = RawMemory.LANES;

    /** Inputs of a vector. */
    private final int step;

    private final int[] inputOfLane = new int[LANES];

    CopiedInputs(int rows, int cols) {
        step = Math.max(cols, LANES / rows);
        for (int lane = 0; lane < LANES; lane++) {
            inputOfLane[lane] = lane / (rows * cols) * cols + lane % cols;
        }
    }

    /** Copies as many as there are and have room: a sample has zeros of a vector and more behind it. */
    void copy(float[] sample, MemorySegment inputs) {
        IntVector lanes = Exact.ints(RawMemory.INTS, IntVector.fromArray(RawMemory.INTS, inputOfLane, 0));
        long room = inputs.byteSize() / RawMemory.VECTOR_BYTES;
        int vectors = (int) Math.min(room, (sample.length - LANES) / step + 1);
        for (int vector = 0; vector < vectors; vector++) {
            FloatVector some =
                    Exact.floats(RawMemory.SPECIES, FloatVector.fromArray(RawMemory.SPECIES, sample, vector * step));
            Exact.ints(RawMemory.INTS, lanes.selectFrom(some.reinterpretAsInts()))
                    .reinterpretAsFloats()
                    .intoMemorySegment(inputs, (long) vector * RawMemory.VECTOR_BYTES, RawMemory.ORDER);
        }
    }
}
