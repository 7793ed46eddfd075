package dev.rewire.training.cli;

import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.ImageData;

/**
 * What a run learns from.
 *
 * @param name a data set or a folder, as {@code --data} has it
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 * @param classes how many the network tells apart
 * @param sha256 of the training images' number, sizes, labels and pixels
 */
record DataSet(String name, int height, int width, int classes, String sha256) {
    static DataSet of(String name, ImageData data, TrainingRun run) {
        return new DataSet(name, data.train().height(), data.train().width(), data.classes(), run.dataHash());
    }
}
