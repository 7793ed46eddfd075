package dev.rewire.training.data.source;

import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.util.function.Consumer;

/** Where images come from. */
public sealed interface ImageSource extends DataSource permits FolderSource, PublishedSource, CifarSource {
    /**
     * The source that a value stands for, of one who learns from images alone.
     *
     * @param value as {@link DataSource#of} takes it
     * @return the source
     * @throws InvalidDataSourceException if the value is none of these, or no images
     */
    static ImageSource of(String value) {
        return switch (DataSource.of(value)) {
            case ImageSource images -> images;
            case TextSource _, TableSource _ -> throw InvalidDataSourceException.noImages(value);
        };
    }

    /**
     * Reads the images, after fetching them if they are not on this machine.
     *
     * @param classes the number of classes, 1 to 256: labels have to be 0 to classes &minus; 1
     * @param progress is told, a line at a time, of what takes long or may surprise
     * @return the images
     * @throws dev.rewire.training.data.DataException if a file is malformed or the files do not fit each other
     * @throws FetchException if the images are not here and cannot be fetched
     * @throws IOException if reading or writing fails
     */
    ImageData load(int classes, Consumer<String> progress) throws IOException;

    /**
     * Reads the images, after fetching them if they are not on this machine, with as many classes as their labels have.
     *
     * @param progress is told, a line at a time, of what takes long or may surprise
     * @return the images
     * @throws dev.rewire.training.data.DataException if a file is malformed or the files do not fit each other
     * @throws FetchException if the images are not here and cannot be fetched
     * @throws IOException if reading or writing fails
     */
    default ImageData load(Consumer<String> progress) throws IOException {
        ImageData data = load(256, progress);
        int classes = Math.max(data.train().classes(), data.test().classes());
        return new ImageData(data.train(), data.test(), classes);
    }
}
