package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.internal.Arguments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Samples that are written to panels row by row of an image. */
interface FeatureRows {
    /**
     * Writes a row of some samples, at most a panel of them: feature f of the row of sample {@code numbers[from + b]} to float {@code place + f · lanes + b}.
     * Whoever runs over samples inside of features writes floats that lie next to each other.
     *
     * @param row of the image
     */
    void writeRow(int row, int[] numbers, int from, int count, MemorySegment target, long place, int lanes);

    /**
     * Writes a batch to panels. A row of one panel at a time, which stays in the first-level cache meanwhile, as do the rows of its samples.
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
            int samples = Math.min(lanes, count - first);
            long panel = first / lanes * input.panelStride();
            for (int row = 0; row < map.height(); row++) {
                long place = panel + (long) map.feature(row, 0, 0) * lanes;
                rows.writeRow(row, numbers, from + first, samples, target, place, lanes);
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

    /** Floats of some samples, {@code width} of each from a place on, to the lanes of a panel. */
    static void writeFloats(
            float[] source,
            int start,
            int width,
            int sampleFloats,
            int[] numbers,
            int from,
            int count,
            MemorySegment target,
            long place,
            int lanes) {
        for (int f = 0; f < width; f++) {
            long feature = place + (long) f * lanes;
            for (int b = 0; b < count; b++) {
                float value = source[start + numbers[from + b] * sampleFloats + f];
                target.setAtIndex(ValueLayout.JAVA_FLOAT, feature + b, value);
            }
        }
    }
}
