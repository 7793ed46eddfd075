package dev.rewire.training.data.source;

import dev.rewire.training.data.CifarFiles;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where data come from: a value of {@code --data}. What each kind reads is split into training and test samples by a method of its own, as what that needs to know
 * differs:
 *
 * <pre>{@code
 * DataSplit data = switch (DataSource.of(value)) {
 *     case ImageSource images -> images.load(progress).split();
 *     case TextSource text -> text.load().split(window);
 *     case TableSource table -> table.load().split(label, seed);
 * };
 * }</pre>
 */
public sealed interface DataSource permits ImageSource, TextSource, TableSource {
    /**
     * The source that a value stands for. Only looks for folder or file; nothing is read or fetched.
     *
     * @param value {@code fashion-mnist}, {@code mnist}, a folder that holds the four IDX files of a data set under
     *     MNIST's names, each plain or gzipped, {@code cifar:} and a folder that holds the binary files of CIFAR-10 or CIFAR-100, {@code text:} and a file,
     *     or {@code csv:} and a file
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
        if (value.startsWith("text:")) {
            return new TextSource(file(value, "text:"));
        }
        if (value.startsWith("csv:")) {
            return new TableSource(file(value, "csv:"));
        }
        if (value.startsWith("cifar:")) {
            Path folder = folder(value, "cifar:");
            return new CifarSource(folder, cifar(value, folder));
        }
        DataFolder folder = new DataFolder(folder(value, ""));
        Optional<DataPart> missing = folder.missing();
        if (missing.isPresent()) {
            throw new InvalidDataSourceException(
                    value, "has no " + String.join(" or ", missing.get().names()));
        }
        return new FolderSource(folder);
    }

    private static Path path(String value, String prefix, String kind) {
        try {
            Path path = Path.of(value.substring(prefix.length()));
            if (value.length() > prefix.length() && Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new InvalidDataSourceException(value, "is no data set and no path");
        }
        throw new InvalidDataSourceException(value, "is no data set and no " + kind);
    }

    private static Path folder(String value, String prefix) {
        Path folder = path(value, prefix, "folder");
        if (!Files.isDirectory(folder)) {
            throw new InvalidDataSourceException(value, "is a file, not a folder");
        }
        return folder;
    }

    private static Path file(String value, String prefix) {
        Path file = path(value, prefix, "file");
        if (!Files.isRegularFile(file)) {
            throw new InvalidDataSourceException(value, "is no regular file");
        }
        return file;
    }

    private static CifarFiles cifar(String value, Path folder) {
        return CifarFiles.in(folder)
                .orElseThrow(() -> new InvalidDataSourceException(
                        value,
                        "has neither " + CifarFiles.CIFAR_10.names().get(0) + " nor "
                                + CifarFiles.CIFAR_100.names().get(0)));
    }
}
