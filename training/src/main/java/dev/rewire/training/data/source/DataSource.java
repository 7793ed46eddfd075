package dev.rewire.training.data.source;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Where images come from: a value of {@code --data}. */
public sealed interface DataSource permits FolderSource, PublishedSource {
    /**
     * The source that a value stands for. Only looks for the folder; nothing is read or fetched.
     *
     * @param value {@code fashion-mnist}, {@code mnist}, or a folder that holds the four IDX files of a data set under
     *     MNIST's names, each plain or gzipped
     * @return the source
     * @throws InvalidDataSourceException if the value is none of these
     */
    static DataSource of(String value) {
        if (value.equals(PublishedSet.FASHION_MNIST.name())) {
            return PublishedSource.fashionMnist();
        }
        if (value.equals(PublishedSet.MNIST.name())) {
            return PublishedSource.mnist();
        }
        return folder(value);
    }

    private static DataSource folder(String value) {
        DataFolder folder;
        try {
            folder = new DataFolder(Path.of(value));
        } catch (InvalidPathException e) {
            throw new InvalidDataSourceException(value, "is no data set and no path");
        }
        if (value.isEmpty() || !Files.exists(folder.path())) {
            throw new InvalidDataSourceException(value, "is no data set and no folder");
        }
        if (!Files.isDirectory(folder.path())) {
            throw new InvalidDataSourceException(value, "is a file, not a folder");
        }
        Optional<DataPart> missing = folder.missing();
        if (missing.isPresent()) {
            throw new InvalidDataSourceException(
                    value, "has no " + String.join(" or ", missing.get().names()));
        }
        return new FolderSource(folder);
    }

    /**
     * Reads the images, after fetching them if they are not on this machine.
     *
     * @param classes the number of classes, 1 to 256: labels have to be 0 to classes &minus; 1
     * @param progress is told, a line at a time, of what takes long or may surprise
     * @return the images
     * @throws DataException if a file is malformed or the files do not fit each other
     * @throws FetchException if the images are not here and cannot be fetched
     * @throws IOException if reading or writing fails
     */
    ImageData load(int classes, Consumer<String> progress) throws IOException;
}
