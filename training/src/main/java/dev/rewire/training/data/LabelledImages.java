package dev.rewire.training.data;

import dev.rewire.training.internal.Arguments;
import dev.rewire.training.internal.ContentHash;
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

    private final SampleShape.Image shape;
    private final int size;

    /** The pixels of all images, position-major, from a place on. */
    private final byte[] pixels;

    private final int pixelsFrom;

    /** A label of each image, from a place on. */
    private final byte[] labels;

    private final int labelsFrom;

    private LabelledImages(
            SampleShape.Image shape, int size, byte[] pixels, int pixelsFrom, byte[] labels, int labelsFrom) {
        this.shape = shape;
        this.size = size;
        this.pixels = pixels;
        this.pixelsFrom = pixelsFrom;
        this.labels = labels;
        this.labelsFrom = labelsFrom;
    }

    /** Images out of arrays that are borrowed and checked already. */
    LabelledImages(SampleShape.Image shape, byte[] pixels, byte[] labels) {
        this(shape, labels.length, pixels, 0, labels, 0);
    }

    /**
     * Images of one's own.
     *
     * @param shape height, width and channels of an image
     * @param pixels those of all images, one image after the other, position after position, the channels of a position next to each other; copied
     * @param labels the class of each image, 0 to 255; copied
     * @return the images with their labels
     * @throws IllegalArgumentException if there is no image, or the pixels are not those of as many images as labels
     */
    public static LabelledImages of(SampleShape.Image shape, byte[] pixels, byte[] labels) {
        Arguments.atLeastOne("labels", labels.length);
        long accepted = (long) labels.length * shape.map(0).features();
        if (pixels.length != accepted) {
            throw new IllegalArgumentException("pixels: there are " + pixels.length + "; accepted are " + accepted
                    + ", those of " + labels.length + " images");
        }
        return new LabelledImages(shape, pixels.clone(), labels.clone());
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
        return new LabelledImages(
                new SampleShape.Image(images.size(1), images.size(2), 1),
                images.size(0),
                images.content(),
                images.valuesOffset(),
                labels.content(),
                labels.valuesOffset());
    }

    private static void requireDimensions(String argument, IdxFile file, int dimensions) {
        if (file.dimensions() != dimensions) {
            throw new IllegalArgumentException(
                    argument + ": an array of " + file.dimensions() + " dimensions; accepted are " + dimensions);
        }
    }

    /** {@return the number of images, n} */
    public int size() {
        return size;
    }

    /** {@return height, width and channels of an image} */
    public SampleShape.Image shape() {
        return shape;
    }

    /** {@return the pixels of a column} */
    public int height() {
        return shape.height();
    }

    /** {@return the pixels of a row} */
    public int width() {
        return shape.width();
    }

    /** {@return the bytes of an image, height · width · channels} */
    public int features() {
        return height() * width() * shape.channels();
    }

    /** {@return the largest label and one} */
    public int classes() {
        int classes = 0;
        for (int i = 0; i < size; i++) {
            classes = Math.max(classes, 1 + label(i));
        }
        return classes;
    }

    /**
     * The label of an image.
     *
     * @param image 0 to n &minus; 1
     * @return its class, 0 to the number of classes &minus; 1
     * @throws IndexOutOfBoundsException if there is no such image
     */
    public int label(int image) {
        return labels[labelsFrom + Objects.checkIndex(image, size)] & 0xFF;
    }

    /**
     * A pixel of an image.
     *
     * @param image 0 to n &minus; 1
     * @param feature its place in the image, position after position, row by row, the channels of a position next to each other: 0 to
     *     {@link #features()} &minus; 1
     * @return the pixel, 0 to 255
     * @throws IndexOutOfBoundsException if there is no such pixel
     */
    public int pixel(int image, int feature) {
        Objects.checkIndex(feature, features());
        return pixels[start(Objects.checkIndex(image, size)) + feature] & 0xFF;
    }

    /** Where the pixels of an image begin in {@link #pixels()}. */
    int start(int image) {
        return pixelsFrom + image * features();
    }

    /** All pixels. Borrowed: not to be changed. */
    byte[] pixels() {
        return pixels;
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
        int features = features();
        int channels = shape.channels();
        for (int b = 0; b < count; b++) {
            int first = start(Objects.checkIndex(order[from + b], size));
            long place = b * imageStride;
            for (int f = 0; f < features; f++) {
                float value = scale.at(f % channels, pixels[first + f] & 0xFF);
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

    /** How often each of the 256 values of a channel occurs. */
    long[] pixelCounts(int channel) {
        long[] counts = new long[256];
        int end = start(size);
        for (int i = pixelsFrom + channel; i < end; i += shape.channels()) {
            counts[pixels[i] & 0xFF]++;
        }
        return counts;
    }

    /**
     * What tells these images from others.
     *
     * @return SHA-256 in hexadecimal of their number, height, width and, if there is more than one, channels as 32 bits, little-endian, and of each label before
     *     its pixels; computed anew by each call
     */
    public String sha256() {
        ContentHash hash = new ContentHash().ints(size, height(), width());
        if (shape.channels() > 1) {
            hash.ints(shape.channels());
        }
        for (int i = 0; i < size; i++) {
            hash.bytes(labels, labelsFrom + i, 1).bytes(pixels, start(i), features());
        }
        return hash.hex();
    }
}
