package dev.rewire.training.data;

import java.util.Map;
import java.util.Objects;

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

    /** Puts the four files together. */
    static ImageData of(Map<DataPart, IdxFile> files, int classes) throws DataException {
        IdxFile trainImages = part(files, DataPart.TRAIN_IMAGES);
        IdxFile testImages = part(files, DataPart.TEST_IMAGES);
        LabelledImages train = LabelledImages.of(trainImages, part(files, DataPart.TRAIN_LABELS), classes);
        LabelledImages test = LabelledImages.of(testImages, part(files, DataPart.TEST_LABELS), classes);
        for (int d = 1; d < trainImages.dimensions(); d++) {
            if (testImages.size(d) != trainImages.size(d)) {
                throw new DataException(
                        testImages.file(),
                        (long) Integer.BYTES * (1 + d),
                        "size "
                                + testImages.size(d) + " of dimension " + d + "; accepted is " + trainImages.size(d)
                                + ", as in " + trainImages.file());
            }
        }
        return new ImageData(train, test, classes);
    }

    private static IdxFile part(Map<DataPart, IdxFile> files, DataPart part) {
        return Objects.requireNonNull(files.get(part), part.plainName());
    }
}
