package dev.rewire.training.data.source;

import dev.rewire.training.data.CifarFiles;
import dev.rewire.training.data.ImageData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A folder of CIFAR's binary files. */
record CifarSource(Path folder, CifarFiles set) implements ImageSource {
    @Override
    public ImageData load(int classes, Consumer<String> progress) throws IOException {
        return set.read(folder, classes);
    }

    @Override
    public ImageData load(Consumer<String> progress) throws IOException {
        return set.read(folder, set.classes());
    }
}
