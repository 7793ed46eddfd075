package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The gradient of all places, band by band of 16 rows, and from each band, while it is in cache, that of the places that are stored. */
final class DenseSddmm {
    private static final int BLOCK = ExpandedWeights.BLOCK;

    private final BlockPattern full;
    private final OuterSddmm products;
    private final MemorySegment[] bands;
    private final int[][] rowStarts;
    private final int[] colStarts;
    private final DensePlaces places;
    private final Lines lines;
    private final boolean byLines;

    DenseSddmm(KernelArena scratch, BlockPattern pattern, int batch, Layout layout, Workers workers) {
        full = BlockPattern.full(pattern.rows(), pattern.cols(), BLOCK, BLOCK);
        products = OuterSddmm.ofAll(scratch, full, batch, layout, workers);
        bands = new MemorySegment[workers.threads()];
        for (int worker = 0; worker < bands.length; worker++) {
            bands[worker] = scratch.allocate((long) full.gridCols() * BLOCK * BLOCK * Float.BYTES);
        }
        rowStarts = new int[bands.length][full.gridCols()];
        colStarts = new int[full.gridCols()];
        for (int i = 0; i < colStarts.length; i++) {
            colStarts[i] = i * BLOCK;
        }
        places = new DensePlaces(full);
        byLines = Lines.fit(pattern);
        boolean areVectors = Providers.active().vectorBits() == Lines.PLACES * Float.SIZE;
        lines = byLines && areVectors ? Lines.withSelectors(full, scratch) : new Lines(full);
    }

    /** Sets the places that are stored. */
    void replan(BlockPattern pattern) {
        if (byLines) {
            lines.replan(pattern);
        } else {
            places.replan(pattern);
        }
    }

    long heldBytes() {
        return lines.heldBytes() + places.heldBytes();
    }

    OuterSddmm products() {
        return products;
    }

    /** Tasks of a turn of samples. */
    int tasks() {
        return full.gridRows();
    }

    /** A band of the turn: stored places are brought to the values of dW, or added to them, but for what lies outside of the matrix. */
    void run(int band, int worker, MemorySegment target, boolean accumulate) {
        MemorySegment all = bands[worker];
        Arrays.fill(rowStarts[worker], band * BLOCK);
        products.add(rowStarts[worker], colStarts, 0, full.gridCols(), false, all);
        boolean add = accumulate || !products.isFirstTurn();
        if (byLines) {
            takeLines(band, all, target, add);
            return;
        }
        int first = band * full.gridCols() * BLOCK * BLOCK;
        int end = places.end(band);
        for (int i = places.first(band); i < end; i++) {
            float sum = all.getAtIndex(ValueLayout.JAVA_FLOAT, places.place(i) - first);
            if (add) {
                sum += target.getAtIndex(ValueLayout.JAVA_FLOAT, places.element(i));
            }
            target.setAtIndex(ValueLayout.JAVA_FLOAT, places.element(i), sum);
        }
    }

    private void takeLines(int band, MemorySegment all, MemorySegment target, boolean add) {
        ElementwiseKernels kernels = Providers.active().elementwise();
        int first = band * full.gridCols() * BLOCK;
        int afterWhole = first + (add ? 0 : lines.wholeBlocks(band) * BLOCK);
        int end = first + full.gridCols() * BLOCK;
        kernels.compressWhole(all, lines.starts(), lines.masks(), lines.selectors(), first, afterWhole, target);
        long offset = (long) (afterWhole - first) * BLOCK * Float.BYTES;
        kernels.compress(all, offset, lines.starts(), lines.masks(), afterWhole, end, target, add);
    }
}
