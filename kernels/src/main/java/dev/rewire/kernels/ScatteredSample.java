package dev.rewire.kernels;

import dev.rewire.kernels.internal.ScatterKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The product of one sample backward to the input by rows of W: its values are read in their order, where columns of narrow blocks would fetch a cache
 * line for each. Parts of the rows add to sums of their own, so that they may run at once; then the sums are added in the order of the parts, of
 * which there are as many for any number of workers.
 */
final class ScatteredSample implements SpmvKernel {
    /** Values of a part: its sums are few beside them. */
    private static final int PART_VALUES = 32 * 1024;

    private static final int MOST_PARTS = 32;

    /** From this share of stored places on a line of 16 takes no longer than its values one by one (AMD Zen 4, 512 bits). */
    private static final double DENSITY_OF_LINES = 0.2;

    private final ScatterKernel kernel;
    private final int blockCols;
    private int[] offsets = {0};
    private int[] columns = {};
    private int[] cuts = {0};
    private float[][] sums = {};
    private int parts;
    private final Lines lines;
    private boolean isByLines;

    private ScatteredSample(ScatterKernel kernel, BlockPattern pattern) {
        this.kernel = kernel;
        blockCols = pattern.blockCols();
        lines = new Lines(BlockPattern.full(pattern.rows(), pattern.cols(), 1, Lines.PLACES));
    }

    /** For a pattern, or null where it is not worth it. */
    static @Nullable ScatteredSample of(BlockPattern pattern, int batch) {
        int blockCols = pattern.blockCols();
        // Where a block has one column a panel of two samples would wait for values that lie far apart.
        if (batch == 0 || batch > (blockCols == 1 ? 2 : 1)) {
            return null;
        }
        ScatterKernel kernel = Providers.active().scatter(pattern.blockRows(), blockCols);
        return kernel == null ? null : new ScatteredSample(kernel, pattern);
    }

    /** Cuts the rows where about equal numbers of blocks lie. */
    void replan(BlockPattern pattern) {
        offsets = pattern.offsets();
        columns = pattern.colStarts(1, columns);
        isByLines = kernel.takesLines() && pattern.density() >= DENSITY_OF_LINES;
        if (isByLines) {
            lines.replan(pattern);
        }
        int width = pattern.gridCols() * blockCols;
        long least = Math.max(PART_VALUES, 4L * width);
        parts = Math.clamp(pattern.storedElements() / least, 1, MOST_PARTS);
        cuts = new int[parts + 1];
        int row = 0;
        for (int part = 1; part < parts; part++) {
            long end = (long) pattern.blocks() * part / parts;
            while (offsets[row] < end) {
                row++;
            }
            cuts[part] = row;
        }
        cuts[parts] = pattern.gridRows();
        if (sums.length < parts) {
            // Lines may reach further over the edge than blocks do.
            sums = new float[parts][Math.max(width, lines.ofRow() * Lines.PLACES)];
        }
    }

    long heldBytes() {
        return (long) Integer.BYTES * (columns.length + cuts.length) + lines.heldBytes();
    }

    @Override
    public long scratchBytes(int outputs) {
        return (long) outputs * Float.BYTES;
    }

    @Override
    public int preparations() {
        return parts;
    }

    @Override
    public void prepare(int task, MemorySegment values, float[] sample) {
        Arrays.fill(sums[task], 0);
        if (isByLines) {
            kernel.runLines(
                    lines.starts(),
                    lines.masks(),
                    lines.ofRow(),
                    cuts[task],
                    cuts[task + 1],
                    values,
                    sample,
                    sums[task]);
            return;
        }
        kernel.run(offsets, columns, cuts[task], cuts[task + 1], values, sample, sums[task]);
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
        int from = firstGroup * blockCols;
        int to = endGroup * blockCols;
        for (int part = 1; part < parts; part++) {
            add(sums[0], sums[part], from, to);
        }
        MemorySegment.copy(sums[0], from, scratch, ValueLayout.JAVA_FLOAT, 0, to - from);
    }

    private static void add(float[] to, float[] from, int first, int end) {
        for (int i = first; i < end; i++) {
            to[i] += from[i];
        }
    }
}
