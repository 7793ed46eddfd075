package dev.rewire.kernels;

import dev.rewire.kernels.internal.LineRecord;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmvKernel;
import dev.rewire.kernels.internal.VectorScatter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As {@link ScatteredSample}, in vectors: of blocks that are whole ones, or of lines of places where much is stored. */
final class ScatteredVectors implements SpmvKernel {
    /** From these shares of stored places on a line takes no longer than its values one by one, or, for each sample, than a panel of them (AMD Zen 4, 512 bits). */
    private static final double LEAST_DENSITY = 0.2;

    private static final double OF_PANEL = 0.15;
    private static final double OF_PANEL_OF_ONES = 0.075;

    private final KernelArena arena;
    private final VectorScatter kernel;
    private final @Nullable PackedLines lines;
    private final int placesOfRow;

    /** Whole vectors, which must not straddle cache lines. */
    private final List<MemorySegment> sums = new ArrayList<>();

    private int[] offsets = {0};
    private int[] columns = {};
    private int[] cuts = {0};

    private ScatteredVectors(KernelArena arena, VectorScatter kernel, BlockPattern pattern, long capacity) {
        this.arena = arena;
        this.kernel = kernel;
        lines = kernel.takesLines() ? new PackedLines(arena, pattern, capacity) : null;
        int places = pattern.gridCols() * kernel.sumsOfColumn();
        placesOfRow = lines == null ? places : lines.ofRow() * LineRecord.PLACES;
    }

    /** For a pattern, or null where it is not worth it. */
    static @Nullable ScatteredVectors of(KernelArena arena, BlockPattern pattern, long capacity, int batch) {
        if (batch == 0) {
            return null;
        }
        VectorScatter kernel = Providers.active()
                .vectorScatter(pattern.blockRows(), pattern.blockCols(), batch, pattern.storedElements() * Float.BYTES);
        if (kernel == null
                || (kernel.takesLines()
                        && (!PackedLines.fit(pattern, capacity) || pattern.density() < leastDensity(pattern, batch)))) {
            return null;
        }
        return new ScatteredVectors(arena, kernel, pattern, capacity);
    }

    private static double leastDensity(BlockPattern pattern, int batch) {
        boolean isOne = pattern.blockRows() * pattern.blockCols() == 1;
        return Math.max(LEAST_DENSITY, batch * (isOne ? OF_PANEL_OF_ONES : OF_PANEL));
    }

    void replan(BlockPattern pattern) {
        offsets = pattern.offsets();
        columns = pattern.colStarts(1, columns);
        if (lines != null) {
            lines.replan(pattern);
        }
        cuts = ScatteredSample.cuts(pattern, Math.max(ScatteredSample.PART_VALUES, 8L * placesOfRow), LineRecord.ROWS);
        while (sums.size() < preparations()) {
            sums.add(arena.allocate((long) placesOfRow * Float.BYTES));
        }
    }

    /** Without the sums, which are scratch. */
    long heldBytes() {
        return (long) Integer.BYTES * (columns.length + cuts.length) + (lines == null ? 0 : lines.heldBytes());
    }

    @Override
    public int preparations() {
        return cuts.length - 1;
    }

    @Override
    public long inputFloats(int inputs) {
        return kernel.inputFloats(inputs);
    }

    @Override
    public void prepare(int task, MemorySegment values, float[] sample, MemorySegment inputs) {
        MemorySegment to = sums.get(task);
        to.fill((byte) 0);
        kernel.run(
                offsets,
                columns,
                lines == null ? MemorySegment.NULL : lines.records(),
                lines == null ? 0 : lines.ofRow(),
                cuts[task],
                cuts[task + 1],
                values,
                sample,
                inputs,
                to);
    }

    @Override
    public long scratchBytes(int outputs) {
        return ((long) outputs + LineRecord.PLACES) * Float.BYTES;
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
        MemorySegment all = sums.getFirst();
        int perColumn = kernel.sumsOfColumn();
        for (int part = 1; part < preparations(); part++) {
            kernel.add(all, sums.get(part), firstGroup * perColumn, endGroup * perColumn);
        }
        kernel.finish(all, firstGroup, endGroup, scratch);
    }
}
