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
    static final int PART_VALUES = 32 * 1024;

    private static final int MOST_PARTS = 32;

    private final ScatterKernel kernel;
    private final int blockCols;
    private int[] offsets = {0};
    private int[] columns = {};
    private int[] cuts = {0};
    private float[][] sums = {};
    private int parts;

    private ScatteredSample(ScatterKernel kernel, BlockPattern pattern) {
        this.kernel = kernel;
        blockCols = pattern.blockCols();
    }

    /** For a pattern, or null where it is not worth it. */
    static @Nullable ScatteredSample of(BlockPattern pattern, int batch) {
        if (batch == 0) {
            return null;
        }
        ScatterKernel kernel = Providers.active()
                .scatter(pattern.blockRows(), pattern.blockCols(), batch, pattern.storedElements() * Float.BYTES);
        return kernel == null ? null : new ScatteredSample(kernel, pattern);
    }

    /** Cuts the rows where about equal numbers of blocks lie. */
    void replan(BlockPattern pattern) {
        offsets = pattern.offsets();
        columns = pattern.colStarts(1, columns);
        int width = pattern.gridCols() * blockCols;
        cuts = cuts(pattern, Math.max(PART_VALUES, 4L * width), 1);
        parts = cuts.length - 1;
        if (sums.length < parts) {
            sums = new float[parts][width];
        }
    }

    /** Where the rows of blocks are cut into parts of some values, after so many rows each time or a multiple of them. */
    static int[] cuts(BlockPattern pattern, long least, int rowsAtOnce) {
        int[] starts = pattern.offsets();
        int count = Math.clamp(pattern.storedElements() / least, 1, MOST_PARTS);
        int[] cuts = new int[count + 1];
        int row = 0;
        for (int part = 1; part < count; part++) {
            long end = (long) pattern.blocks() * part / count;
            while (starts[row] < end) {
                row++;
            }
            cuts[part] = row / rowsAtOnce * rowsAtOnce;
        }
        cuts[count] = pattern.gridRows();
        return cuts;
    }

    long heldBytes() {
        return (long) Integer.BYTES * (columns.length + cuts.length);
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
    public void prepare(int task, MemorySegment values, float[] sample, MemorySegment inputs) {
        Arrays.fill(sums[task], 0);
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
