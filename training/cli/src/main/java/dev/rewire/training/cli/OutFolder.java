package dev.rewire.training.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run is saved: the folder of {@code --out}, or that of the checkpoint that is resumed. A file in it is always whole: it is written beside and moved
 * into place.
 */
final class OutFolder {
    private static final String OPTION = "--out";
    private static final String ACCEPTED = "folders that can be written to, or made";
    private static final String CHECKPOINT = "checkpoint.rewire";
    private static final String EPOCHS = "epochs.csv";
    private static final String REPORT = "report.json";

    private final Path folder;
    private final String checkpoint;
    private final List<String> epochs = new ArrayList<>();

    private OutFolder(Path folder, String checkpoint) {
        this.folder = folder;
        this.checkpoint = checkpoint;
    }

    /** Where a run is saved; null if it is not. Nothing is written. */
    static @Nullable OutFolder of(@Nullable Path out, @Nullable Path resumed) throws IOException {
        return out != null ? at(out, resumed) : resumed != null ? beside(resumed) : null;
    }

    /** The folder of the checkpoint that is resumed. The run goes on in that file. */
    private static OutFolder beside(Path resumed) {
        Path absolute = resumed.toAbsolutePath();
        Path parent = absolute.getParent();
        return new OutFolder(
                parent == null ? absolute : parent, absolute.getFileName().toString());
    }

    /**
     * The folder at a path, which need not be there yet.
     *
     * @throws BadInputException if it plainly cannot be one to write to, or holds something else than the run that is resumed
     */
    private static OutFolder at(Path path, @Nullable Path resumed) throws IOException {
        Path existing = path.toAbsolutePath().normalize();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new BadInputException(OPTION, path, "lies at a file, not in a folder: " + existing, ACCEPTED);
        }
        if (!Files.isWritable(existing)) {
            throw new BadInputException(OPTION, path, "is not writable", ACCEPTED);
        }
        if (resumed != null
                && Files.isDirectory(path)
                && Files.isSameFile(path, resumed.toAbsolutePath().resolveSibling(""))) {
            return beside(resumed);
        }
        requireEmpty(path);
        return new OutFolder(path, CHECKPOINT);
    }

    private static void requireEmpty(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            Optional<Path> first = files.sorted().findFirst();
            if (first.isPresent()) {
                throw new BadInputException(
                        OPTION,
                        path,
                        "is not empty (" + first.get().getFileName() + ")",
                        "new or empty folders, or that of the run of --resume");
            }
        }
    }

    /**
     * Makes the folder, and tries it.
     *
     * @throws BadInputException if it cannot be written to
     */
    void open() {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".rewire", ".tmp"));
        } catch (IOException e) {
            throw new BadInputException(OPTION, folder, "cannot be written to (" + e + ")", ACCEPTED);
        }
    }

    /** The checkpoint of the run. */
    Path checkpoint() {
        return folder.resolve(checkpoint);
    }

    /** Where the dense network of a comparison is saved, beside the checkpoint of the run. */
    static Path denseBeside(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return checkpoint.resolveSibling(stem + "-dense" + (dot < 0 ? "" : name.substring(dot)));
    }

    /** Keeps what the folder tells of epochs before the run was resumed. */
    void keepEpochs(int last) throws IOException {
        Path file = folder.resolve(EPOCHS);
        if (!Files.isRegularFile(file)) {
            return;
        }
        List<String> lines = Files.readAllLines(file);
        if (!lines.isEmpty() && lines.get(0).equals(EpochLine.CSV_HEADER)) {
            lines.stream().skip(1).filter(line -> epochOf(line) <= last).forEach(epochs::add);
        }
    }

    private static int epochOf(String line) {
        try {
            return Integer.parseInt(line.substring(0, Math.max(0, line.indexOf(','))));
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Whether tables stand beside the checkpoint: not where it has a name of its own, as there they may be of another run. */
    private boolean hasTables() {
        return checkpoint.equals(CHECKPOINT);
    }

    /** Adds an epoch. */
    void addEpoch(EpochLine line) throws IOException {
        if (!hasTables()) {
            return;
        }
        epochs.add(line.csv());
        write(EPOCHS, EpochLine.CSV_HEADER + "\n" + String.join("\n", epochs) + "\n");
    }

    /** Writes the report. */
    void writeReport(String json) throws IOException {
        if (!hasTables()) {
            return;
        }
        write(REPORT, json + "\n");
    }

    private void write(String name, String text) throws IOException {
        Path target = folder.resolve(name);
        Path whole = folder.resolve("." + name + ".tmp");
        try {
            Files.writeString(whole, text, StandardCharsets.UTF_8);
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }
}
