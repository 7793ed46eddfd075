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

    /** Copies to some vectors. Of the sample there must be a vector more than they read. */
    void copy(float[] sample, int vectors, MemorySegment inputs) {
        IntVector lanes = Exact.ints(RawMemory.INTS, IntVector.fromArray(RawMemory.INTS, inputOfLane, 0));
        for (int vector = 0; vector < vectors; vector++) {
            FloatVector some =
                    Exact.floats(RawMemory.SPECIES, FloatVector.fromArray(RawMemory.SPECIES, sample, vector * step));
            Exact.ints(RawMemory.INTS, lanes.selectFrom(some.reinterpretAsInts()))
                    .reinterpretAsFloats()
                    .intoMemorySegment(inputs, (long) vector * RawMemory.VECTOR_BYTES, RawMemory.ORDER);
        }
    }
}
