package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SpmmShape;
import java.lang.foreign.MemorySegment;

/**
 * Forward products of one sample and blocks that are whole vectors, while their rows are parts of one: each vector of a block is multiplied by the inputs of its
 * lanes, which are copied side by side before. Lanes of one output are added up when all blocks are.
 */
final class WholeBlockSpmv extends VectorSpmv {
    private static final int LANES = RawMemory.LANES;

    private final int rows;
    private final int cols;
    private final CopiedInputs copied;

    WholeBlockSpmv(SpmmShape shape) {
        super(asRowsOfVectors(shape), LANES / shape.steps());
        rows = shape.outputs();
        cols = shape.steps();
        copied = new CopiedInputs(rows, cols);
    }

    static boolean fits(SpmmShape shape) {
        return SpmvTileGenerator.isForward(shape)
                && LANES % shape.steps() == 0
                && shape.blockElements() % LANES == 0
                && shape.outputs() * shape.steps() == shape.blockElements();
    }

    private static SpmmShape asRowsOfVectors(SpmmShape shape) {
        return new SpmmShape(
                shape.blockElements() / LANES,
                LANES,
                LANES,
                1,
                shape.blockElements(),
                shape.lanes(),
                false,
                shape.samples(),
                shape.consecutive(),
                shape.type(),
                shape.start(),
                shape.end());
    }

    @Override
    public long inputFloats(int inputs) {
        return ((long) inputs + cols - 1) / cols * LANES;
    }

    @Override
    public int preparations() {
        return 1;
    }

    @Override
    public void prepare(int task, MemorySegment values, float[] sample, MemorySegment inputs) {
        copied.copy(sample, inputs);
    }

    @Override
    public long scratchBytes(int outputs) {
        return (roundUp(outputs) + (long) outputs * cols + LANES) * Float.BYTES;
    }

    @Override
    int outputs(int groups) {
        return groups * rows;
    }

    @Override
    void addUp(int outputs, long partials, long sums) {
        for (int output = 0; output < outputs; output++) {
            long lane = partials + (long) output * cols * Float.BYTES & RawMemory.ADDRESS_MASK;
            float sum = RawMemory.ALL.get(RawMemory.FLOAT, lane);
            for (int i = 1; i < cols; i++) {
                sum += RawMemory.ALL.get(RawMemory.FLOAT, lane + (long) i * Float.BYTES);
            }
            RawMemory.ALL.set(RawMemory.FLOAT, sums + (long) output * Float.BYTES & RawMemory.ADDRESS_MASK, sum);
        }
    }
}
