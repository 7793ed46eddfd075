package dev.rewire.training.data.source;

import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.util.function.Consumer;

/** A folder of the user's. */
record FolderSource(DataFolder folder) implements ImageSource {
    @Override
    public ImageData load(int classes, Consumer<String> progress) throws IOException {
        return DataFolder.images(folder.read(), classes);
    }
}
