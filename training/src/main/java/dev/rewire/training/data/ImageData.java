package dev.rewire.training.data;

/**
 * A data set: images to learn from and images to test with, of one height, width and number of channels. Immutable.
 *
 * @param train the images to learn from
 * @param test the images to test with
 * @param classes the number of classes, 1 to 256; labels are 0 to classes &minus; 1
 */
public record ImageData(LabelledImages train, LabelledImages test, int classes) {
    /**
     * Checks that the images fit each other.
     *
     * @throws IllegalArgumentException if a label is out of range, or train and test images differ in height, width or channels
     */
    public ImageData {
        requireClasses("train", train, classes);
        requireClasses("test", test, classes);
        if (!train.shape().equals(test.shape())) {
            throw new IllegalArgumentException(
                    "test: " + size(test) + " images; accepted are those of the training images' size, " + size(train));
        }
    }

    private static void requireClasses(String argument, LabelledImages images, int classes) {
        if (images.classes() > classes) {
            throw new IllegalArgumentException(argument + ": label " + (images.classes() - 1)
                    + " is out of range; accepted are 0 to " + (classes - 1));
        }
    }

    private static String size(LabelledImages images) {
        int channels = images.shape().channels();
        return images.height() + "x" + images.width() + (channels == 1 ? "" : "x" + channels);
    }

    /** {@return the bytes of an image, height · width · channels} */
    public int features() {
        return train.features();
    }

    /**
     * The images as samples, scaled to mean 0 and variance 1 of each channel over the training images.
     *
     * @return training and test samples
     */
    public DataSplit split() {
        return split(Augmentation.NONE, 0);
    }

    /**
     * The images as samples, scaled to mean 0 and variance 1 of each channel over the training images, which are augmented.
     *
     * @param augmentation what is done to training images; test images stay as they are
     * @param seed decides what is drawn
     * @return training samples, which look different {@linkplain Samples#inEpoch in each epoch}, and test samples
     */
    public DataSplit split(Augmentation augmentation, long seed) {
        PixelScale scale = PixelScale.standardising(train);
        return new DataSplit(
                ImageSamples.of(train, classes, scale, augmentation, seed),
                ImageSamples.of(test, classes, scale, Augmentation.NONE, seed));
    }
}
