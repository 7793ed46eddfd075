package dev.rewire.training.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Images with a class label each, as bytes. Immutable, so it may be shared between threads.
 *
 * <p>The images stay bytes, a quarter of their size as floats; {@link #copy} turns a batch of them into floats where
 * and in the order in which a network wants them.
 */
public final class LabelledImages {
    private static final int IMAGE_DIMENSIONS = 3;
    private static final int LABEL_DIMENSIONS = 1;

    private final IdxFile images;
    private final IdxFile labels;

    private LabelledImages(IdxFile images, IdxFile labels) {
        this.images = images;
        this.labels = labels;
    }

    /**
     * Images with their labels.
     *
     * @param images an array of n × height × width
     * @param labels an array of n
     * @param classes the number of classes, 1 to 256: labels are 0 to classes &minus; 1
     * @return the images with their labels
     * @throws DataException if the counts differ or a label is out of range
     * @throws IllegalArgumentException if an array has another number of dimensions or the number of classes is out of
     *     range
     */
    public static LabelledImages of(IdxFile images, IdxFile labels, int classes) throws DataException {
        requireDimensions("images", images, IMAGE_DIMENSIONS);
        requireDimensions("labels", labels, LABEL_DIMENSIONS);
        if (classes < 1 || classes > 256) {
            throw new IllegalArgumentException("classes: " + classes + " is out of range; accepted are 1 to 256");
        }
        if (labels.size(0) != images.size(0)) {
            throw new DataException(
                    labels.file(),
                    Integer.BYTES,
                    labels.size(0) + " labels; accepted are " + images.size(0) + ", one for each image of "
                            + images.file());
        }
        for (int i = 0; i < labels.values(); i++) {
            if (labels.value(i) >= classes) {
                throw new DataException(
                        labels.file(),
                        labels.valuesOffset() + (long) i,
                        "label " + labels.value(i) + " is out of range; accepted are 0 to " + (classes - 1));
            }
        }
        return new LabelledImages(images, labels);
    }

    private static void requireDimensions(String argument, IdxFile file, int dimensions) {
        if (file.dimensions() != dimensions) {
            throw new IllegalArgumentException(
                    argument + ": an array of " + file.dimensions() + " dimensions; accepted are " + dimensions);
        }
    }

    /** {@return the number of images, n} */
    public int size() {
        return images.size(0);
    }

    /** {@return the pixels of a column} */
    public int height() {
        return images.size(1);
    }

    /** {@return the pixels of a row} */
    public int width() {
        return images.size(2);
    }

    /** {@return the pixels of an image, height · width} */
    public int features() {
        return height() * width();
    }

    /**
     * The label of an image.
     *
     * @param image 0 to n &minus; 1
     * @return its class, 0 to the number of classes &minus; 1
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public int label(int image) {
        return labels.value(image);
    }

    /**
     * A pixel of an image.
     *
     * @param image 0 to n &minus; 1
     * @param feature its place in the image in row-major order, 0 to {@link #features()} &minus; 1
     * @return the pixel, 0 to 255
     * @throws IndexOutOfBoundsException if there is no such pixel
     */
    public int pixel(int image, int feature) {
        Objects.checkIndex(feature, features());
        return images.value(Objects.checkIndex(image, size()) * features() + feature);
    }

    /**
     * Writes a batch as floats: feature f of the batch's image b goes to float {@code b·imageStride + f·featureStride}
     * of the target. Strides (features, 1) make a row-major matrix of batch × features; (1, lanes) make a panel with
     * the batch along the lanes.
     *
     * @param order numbers of images, 0 to n &minus; 1 each
     * @param from the first place in {@code order} that belongs to the batch
     * @param count the number of places that do
     * @param scale turns pixels into floats
     * @param target a segment, aligned for floats and long enough for the last feature of the last image
     * @param imageStride the floats from an image to the next, at least 0
     * @param featureStride the floats from a feature to the next, at least 0
     * @throws IndexOutOfBoundsException if the batch reaches out of the order, a number is none of an image, or a float
     *     lies out of the target
     * @throws IllegalArgumentException if the target is misaligned or read-only
     */
    public void copy(
            int[] order,
            int from,
            int count,
            PixelScale scale,
            MemorySegment target,
            long imageStride,
            long featureStride) {
        Objects.checkFromIndexSize(from, count, order.length);
        byte[] bytes = images.content();
        int features = features();
        for (int b = 0; b < count; b++) {
            int pixels = images.valuesOffset() + Objects.checkIndex(order[from + b], size()) * features;
            long place = b * imageStride;
            for (int f = 0; f < features; f++) {
                float value = scale.at(bytes[pixels + f] & 0xFF);
                target.setAtIndex(ValueLayout.JAVA_FLOAT, place + f * featureStride, value);
            }
        }
    }

    /**
     * Writes the labels of a batch: that of the batch's image b goes to {@code target[b]}.
     *
     * @param order numbers of images, 0 to n &minus; 1 each
     * @param from the first place in {@code order} that belongs to the batch
     * @param count the number of places that do
     * @param target an array with room for them
     * @throws IndexOutOfBoundsException if the batch reaches out of the order or the target, or a number is none of an
     *     image
     */
    public void copyLabels(int[] order, int from, int count, int[] target) {
        Objects.checkFromIndexSize(from, count, order.length);
        Objects.checkFromIndexSize(0, count, target.length);
        for (int b = 0; b < count; b++) {
            target[b] = label(order[from + b]);
        }
    }

    /** How often each of the 256 pixel values occurs. */
    long[] pixelCounts() {
        long[] counts = new long[256];
        byte[] bytes = images.content();
        for (int i = images.valuesOffset(); i < bytes.length; i++) {
            counts[bytes[i] & 0xFF]++;
        }
        return counts;
    }
}
