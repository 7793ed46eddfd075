package dev.rewire.kernels;

import dev.rewire.kernels.internal.LineKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The forward product of one sample after the other by lines of places: where much is stored, of small blocks, an index for each costs more than places without a value. */
final class LineSample implements SpmvKernel {
    /** From these shares of stored places on a line takes no longer than its values one by one, or, for each sample, than a panel of them (AMD Zen 4, 512 bits). */
    private static final double LEAST_DENSITY = 0.2;

    private static final double OF_PANEL = 0.18;
    private static final double OF_PANEL_OF_ONES = 0.115;

    private final LineKernel kernel;
    private final PackedLines lines;

    private LineSample(KernelArena arena, LineKernel kernel, BlockPattern pattern, long capacity) {
        this.kernel = kernel;
        lines = new PackedLines(arena, pattern, capacity);
    }

    /** For a pattern, or null where it is not worth it; whatever the type of the values is, or sums had another order. */
    static @Nullable LineSample of(KernelArena arena, BlockPattern pattern, long capacity, int batch, ValueType type) {
        boolean isOne = pattern.blockRows() * pattern.blockCols() == 1;
        double least = batch == 1 ? LEAST_DENSITY : batch * (isOne ? OF_PANEL_OF_ONES : OF_PANEL);
        if (batch == 0 || !PackedLines.fit(pattern, capacity) || pattern.density() < least) {
            return null;
        }
        LineKernel kernel = Providers.active()
                .lines(pattern.blockRows(), pattern.blockCols(), type, batch, pattern.storedElements() * Float.BYTES);
        return kernel == null ? null : new LineSample(arena, kernel, pattern, capacity);
    }

    void replan(BlockPattern pattern) {
        lines.replan(pattern);
    }

    long heldBytes() {
        return lines.heldBytes();
    }

    @Override
    public int preparations() {
        return 1;
    }

    @Override
    public long inputFloats(int inputs) {
        return kernel.inputFloats(lines.ofRow());
    }

    @Override
    public void prepare(int task, MemorySegment values, float[] sample, MemorySegment inputs) {
        kernel.copyInputs(sample, inputs);
    }

    @Override
    public long scratchBytes(int outputs) {
        return kernel.scratchBytes(outputs);
    }

    @Override
    public void run(
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            MemorySegment values,
            MemorySegment inputs,
            float[] sample,
            MemorySegment scratch) {
        kernel.run(lines.records(), lines.ofRow(), firstGroup, endGroup, values, inputs, scratch);
    }
}
