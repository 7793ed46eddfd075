package dev.rewire.training.data.source;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxFile;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.LabelledImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A folder that may hold the four files of a data set. */
record DataFolder(Path path) {
    /** The file of a part, under any of its names. */
    Optional<Path> find(DataPart part) {
        return part.names().stream()
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The first part that has no file here. */
    Optional<DataPart> missing() {
        for (DataPart part : DataPart.values()) {
            if (find(part).isEmpty()) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }

    /** Reads all four files. */
    Map<DataPart, IdxFile> read() throws IOException {
        Map<DataPart, IdxFile> files = new EnumMap<>(DataPart.class);
        for (DataPart part : DataPart.values()) {
            Path file = find(part).orElse(path.resolve(part.plainName()));
            files.put(part, IdxFile.read(file, part.dimensions()));
        }
        return files;
    }

    /** Moves the four files, and nothing else, into a new folder. */
    void moveFilesTo(Path folder) throws IOException {
        Files.createDirectory(folder);
        for (DataPart part : DataPart.values()) {
            Optional<Path> file = find(part);
            if (file.isPresent()) {
                Files.move(file.get(), folder.resolve(file.get().getFileName()));
            }
        }
    }

    /** Puts the four files together. */
    static ImageData images(Map<DataPart, IdxFile> files, int classes) throws DataException {
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
