package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.SampleShape.Features;
import dev.rewire.training.data.TargetShape.Classes;
import dev.rewire.training.data.TargetShape.Values;
import dev.rewire.training.internal.Arguments;
import dev.rewire.training.internal.ContentHash;
import java.lang.foreign.MemorySegment;

/**
 * Samples out of arrays of one's own: features or images, with classes or values to learn. The arrays are copied, so it is immutable.
 *
 * <p>Floats are taken as they are: what a network is to see with mean 0 and variance 1 is given so.
 */
public final class ArraySamples implements Samples {
    private final SampleShape shape;
    private final TargetShape target;
    private final int size;
    private final int sampleFloats;
    private final int rowFloats;
    private final float[] floats;

    /** A class of each sample; empty if the targets are values. */
    private final int[] classes;

    /** The values of each sample, one sample after the other; empty if the targets are classes. */
    private final float[] values;

    private final FeatureRows rows = this::writeRow;

    private ArraySamples(
            SampleShape shape, TargetShape target, int size, float[] floats, int[] classes, float[] values) {
        this.shape = shape;
        this.target = target;
        this.size = size;
        this.floats = floats;
        this.classes = classes;
        this.values = values;
        FeatureMap map = shape.map(0);
        sampleFloats = map.features();
        rowFloats = map.rowFeatures();
        requireFinite("samples", floats, sampleFloats);
    }

    /**
     * Features with classes.
     *
     * @param samples a row of features for each sample, all of one length
     * @param classes the class of each sample
     * @param count the number of classes, at least 1: classes are 0 to count &minus; 1
     * @return the samples
     * @throws IllegalArgumentException if there is no sample or no feature, a row has another length, a float is no finite number, classes are not as many
     *     as samples, or one is out of range
     */
    public static ArraySamples classified(float[][] samples, int[] classes, int count) {
        return classified(new Features(columns("samples", samples)), flat("samples", samples), classes, count);
    }

    /**
     * Features or images with classes.
     *
     * @param shape features or images
     * @param samples the floats of all samples, one sample after the other, each as its shape has it
     * @param classes the class of each sample
     * @param count the number of classes, at least 1: classes are 0 to count &minus; 1
     * @return the samples
     * @throws IllegalArgumentException if there is no sample, the floats are not those of as many samples as classes, a float is no finite number, or a
     *     class is out of range
     * @throws UnsupportedOperationException if the shape is tokens
     */
    public static ArraySamples classified(SampleShape shape, float[] samples, int[] classes, int count) {
        Classes target = new Classes(count);
        requireLength("samples", samples.length, classes.length, shape.map(0).features());
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] < 0 || classes[i] >= count) {
                throw new IllegalArgumentException(
                        "classes[" + i + "]: " + classes[i] + " is out of range; accepted are 0 to " + (count - 1));
            }
        }
        return new ArraySamples(shape, target, classes.length, samples.clone(), classes.clone(), new float[0]);
    }

    /**
     * Features with values.
     *
     * @param samples a row of features for each sample, all of one length
     * @param values a row of values for each sample, all of one length
     * @return the samples
     * @throws IllegalArgumentException if there is no sample, no feature or no value, a row has another length, a float is no finite number, or there are
     *     not as many rows of values as samples
     */
    public static ArraySamples regression(float[][] samples, float[][] values) {
        Features shape = new Features(columns("samples", samples));
        Values target = new Values(columns("values", values));
        return regression(shape, flat("samples", samples), target, flat("values", values));
    }

    /**
     * Features or images with values.
     *
     * @param shape features or images
     * @param samples the floats of all samples, one sample after the other, each as its shape has it
     * @param target how many values a sample has
     * @param values the values of all samples, one sample after the other
     * @return the samples
     * @throws IllegalArgumentException if there is no sample, the floats are not those of as many samples as the values, or a float is no finite number
     * @throws UnsupportedOperationException if the shape is tokens
     */
    public static ArraySamples regression(SampleShape shape, float[] samples, Values target, float[] values) {
        int size = values.length / target.count();
        requireLength("values", values.length, size, target.count());
        requireLength("samples", samples.length, size, shape.map(0).features());
        requireFinite("values", values, target.count());
        return new ArraySamples(shape, target, size, samples.clone(), new int[0], values.clone());
    }

    private static void requireLength(String argument, int length, int size, int width) {
        if (size == 0) {
            throw new IllegalArgumentException(argument + ": there is no sample; accepted are 1 and more");
        }
        if (length != (long) size * width) {
            throw new IllegalArgumentException(argument + ": " + length + " floats; accepted are " + (long) size * width
                    + ", " + width + " of each of " + size + " samples");
        }
    }

    private static void requireFinite(String argument, float[] floats, int width) {
        for (int i = 0; i < floats.length; i++) {
            if (!Float.isFinite(floats[i])) {
                throw new IllegalArgumentException(argument + "[" + i / width + "][" + i % width + "]: " + floats[i]
                        + " is not accepted; accepted are finite numbers");
            }
        }
    }

    private static int columns(String argument, float[][] rows) {
        if (rows.length == 0) {
            throw new IllegalArgumentException(argument + ": there is no sample; accepted are 1 and more");
        }
        return rows[0].length;
    }

    private static float[] flat(String argument, float[][] rows) {
        int width = rows[0].length;
        float[] flat = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new IllegalArgumentException(argument + "[" + i + "]: " + rows[i].length
                        + " floats; accepted are " + width + ", as in the first row");
            }
            System.arraycopy(rows[i], 0, flat, i * width, width);
        }
        return flat;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public SampleShape shape() {
        return shape;
    }

    @Override
    public TargetShape target() {
        return target;
    }

    @Override
    public void writeFeatures(int[] numbers, int from, int count, FeatureMap map, PanelMatrix input) {
        FeatureRows.write(rows, shape, size, numbers, from, count, map, input);
    }

    private void writeRow(int row, int[] numbers, int from, int count, MemorySegment panels, long place, int lanes) {
        FeatureRows.writeFloats(
                floats, row * rowFloats, rowFloats, sampleFloats, numbers, from, count, panels, place, lanes);
    }

    @Override
    public void writeClasses(int[] numbers, int from, int count, int stride, int[] places) {
        if (!(target instanceof Classes)) {
            Samples.super.writeClasses(numbers, from, count, stride, places);
            return;
        }
        Arguments.batch(numbers, from, count, size);
        Arguments.places(count, stride, 1, places);
        for (int b = 0; b < count; b++) {
            places[b * stride] = classes[numbers[from + b]];
        }
    }

    @Override
    public void writeValues(int[] numbers, int from, int count, PanelMatrix panels) {
        if (!(target instanceof Values(int width))) {
            Samples.super.writeValues(numbers, from, count, panels);
            return;
        }
        Arguments.batch(numbers, from, count, size);
        FeatureRows.requirePanels("values", count, width, panels);
        int lanes = panels.lanes();
        for (int first = 0; first < count; first += lanes) {
            int some = Math.min(lanes, count - first);
            long place = first / lanes * panels.panelStride();
            FeatureRows.writeFloats(
                    values, 0, width, width, numbers, from + first, some, panels.segment(), place, lanes);
        }
    }

    @Override
    public String sha256() {
        return new ContentHash()
                .text(shape + " " + target)
                .ints(classes)
                .floats(values)
                .floats(floats)
                .hex();
    }
}
