package dev.rewire.training.data.source;

import java.util.Arrays;
import java.util.List;

/** The four files of a data set, with the names that MNIST gave them. */
enum DataPart {
    TRAIN_IMAGES("train-images", 3),
    TRAIN_LABELS("train-labels", 1),
    TEST_IMAGES("t10k-images", 3),
    TEST_LABELS("t10k-labels", 1);

    private final String stem;
    private final int dimensions;

    DataPart(String stem, int dimensions) {
        this.stem = stem;
        this.dimensions = dimensions;
    }

    /** The number of dimensions of the file's array: 3 for images, 1 for labels. */
    int dimensions() {
        return dimensions;
    }

    String plainName() {
        return stem + "-idx" + dimensions + "-ubyte";
    }

    /** The names under which the file may be found, the first found being taken. */
    List<String> names() {
        String dotted = stem + ".idx" + dimensions + "-ubyte";
        return List.of(plainName(), plainName() + ".gz", dotted, dotted + ".gz");
    }

    static List<String> plainNames() {
        return Arrays.stream(values()).map(DataPart::plainName).toList();
    }
}
