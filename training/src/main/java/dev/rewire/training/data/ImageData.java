package dev.rewire.training.data;

/**
 * A data set: images to learn from and images to test with, of one height and width. Immutable.
 *
 * @param train the images to learn from
 * @param test the images to test with
 * @param classes the number of classes, 1 to 256; labels are 0 to classes &minus; 1
 */
public record ImageData(LabelledImages train, LabelledImages test, int classes) {
    /**
     * Checks that the images fit each other.
     *
     * @throws IllegalArgumentException if train and test images differ in height or width
     */
    public ImageData {
        if (train.height() != test.height() || train.width() != test.width()) {
            throw new IllegalArgumentException("test: " + test.height() + "x" + test.width()
                    + " images; accepted are those of the training images' size, " + train.height() + "x"
                    + train.width());
        }
    }

    /** {@return the pixels of an image} */
    public int features() {
        return train.features();
    }
}
