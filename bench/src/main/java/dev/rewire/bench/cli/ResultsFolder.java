package dev.rewire.bench.cli;

import dev.rewire.bench.InvalidInputException;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The folder of {@code --out}: results for programs and a page for people, and nothing else. */
final class ResultsFolder {
    static final String JSON = "results.json";
    static final String PAGE = "index.html";
    static final String TABLE = "table.md";
    static final String POINTS = "atlas.jsonl";

    private static final String ACCEPTED =
            "; accepted are folders that are empty, new, or hold the results of an earlier run";

    private final Path folder;
    private final String page;
    private final boolean made;

    private ResultsFolder(Path folder, String page, boolean made) {
        this.folder = folder;
        this.page = page;
        this.made = made;
    }

    /** A folder whose page is {@link #PAGE}. */
    static ResultsFolder open(Path folder) {
        return open(folder, PAGE);
    }

    /**
     * Makes the folder and tries it, before anything is measured for it.
     *
     * @param folder where
     * @param page name of what people read, {@link #PAGE} or {@link #TABLE}
     * @param more names of files that may lie there, too
     * @throws InvalidInputException if results cannot be written there, or would lie among other things
     */
    static ResultsFolder open(Path folder, String page, String... more) {
        boolean exists = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        if (exists && !Files.isDirectory(folder)) {
            throw refused(folder, "is not a folder");
        }
        try {
            if (exists) {
                otherThing(folder, page, more).ifPresent(other -> {
                    throw refused(folder, "holds something else, " + other);
                });
            }
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".rewire", ".tmp"));
        } catch (IOException e) {
            throw refused(folder, "cannot be written to (" + FileFailure.reason(e) + ")");
        }
        return new ResultsFolder(folder, page, !exists);
    }

    private static Optional<Path> otherThing(Path folder, String page, String... more) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            Set<String> ours = new HashSet<>(List.of(more));
            ours.addAll(List.of(JSON, page));
            return list.map(Path::getFileName)
                    .filter(name -> !ours.contains(name.toString()))
                    .sorted()
                    .findFirst();
        }
    }

    private static InvalidInputException refused(Path folder, String reason) {
        return new InvalidInputException("--out " + folder + ": " + reason + ACCEPTED);
    }

    /** Where a file of this name is, or will be. */
    Path file(String name) {
        return folder.resolve(name);
    }

    /** The files, whether they are there yet or not. */
    List<Path> files() {
        return List.of(folder.resolve(JSON), folder.resolve(page));
    }

    /** Writes both files beside their places, and moves them there when both are whole. */
    void write(String json, String text) throws IOException {
        Path wholeJson = folder.resolve("." + JSON + ".tmp");
        Path wholePage = folder.resolve("." + page + ".tmp");
        try {
            Files.writeString(wholeJson, json, StandardCharsets.UTF_8);
            Files.writeString(wholePage, text, StandardCharsets.UTF_8);
            Files.move(wholeJson, folder.resolve(JSON), StandardCopyOption.REPLACE_EXISTING);
            Files.move(wholePage, folder.resolve(page), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) { // that of a full disk names no file, others give no reason
            FileSystemException named =
                    new FileSystemException(folder.toString(), null, "cannot be written to: " + FileFailure.text(e));
            named.initCause(e);
            throw named;
        } finally {
            Files.deleteIfExists(wholeJson);
            Files.deleteIfExists(wholePage);
        }
    }

    /** Leaves nothing behind of a run that failed. */
    void abandon() throws IOException {
        if (made) {
            try (Stream<Path> list = Files.list(folder)) {
                if (list.findAny().isPresent()) {
                    return;
                }
            }
            Files.deleteIfExists(folder);
        }
    }
}
