package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Samples that are written to panels row by row of an image. */
interface FeatureRows {
    /**
     * Writes a row of a sample: feature f of it to float {@code place + f · lanes}.
     *
     * @param number of the sample
     * @param row of the image
     */
    void writeRow(int number, int row, MemorySegment target, long place, int lanes);

    /**
     * Writes a batch to panels. Rows are outside of samples: so what is written at a time, a row of one panel, is still in the first-level cache when the
     * next sample puts its floats between those of the last.
     */
    static void write(
            FeatureRows rows,
            SampleShape shape,
            int size,
            int[] numbers,
            int from,
            int count,
            FeatureMap map,
            PanelMatrix input) {
        Arguments.batch(numbers, from, count, size);
        FeatureMap own = shape.map(map.halo());
        if (!own.equals(map)) {
            throw new IllegalArgumentException("map: " + map + "; accepted is " + own + ", the samples' shape");
        }
        requirePanels("input", count, map.features(), input);
        MemorySegment target = input.segment();
        int lanes = input.lanes();
        for (int first = 0; first < count; first += lanes) {
            int last = Math.min(count, first + lanes);
            long panel = first / lanes * input.panelStride();
            for (int row = 0; row < map.height(); row++) {
                long place = panel + (long) map.feature(row, 0, 0) * lanes;
                for (int b = first; b < last; b++) {
                    rows.writeRow(numbers[from + b], row, target, place + b - first, lanes);
                }
            }
        }
    }

    /** That panels have room for a batch. */
    static void requirePanels(String argument, int count, int features, PanelMatrix panels) {
        if (panels.rows() < count || panels.cols() != features) {
            throw new IllegalArgumentException(argument + ": " + panels + "; accepted are panels of " + features
                    + " columns, and " + count + " rows and more");
        }
    }

    /** Floats that lie next to each other, to places that are lanes apart. */
    static void spread(float[] source, int from, int count, MemorySegment target, long place, int lanes) {
        for (int f = 0; f < count; f++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, place + (long) f * lanes, source[from + f]);
        }
    }
}
