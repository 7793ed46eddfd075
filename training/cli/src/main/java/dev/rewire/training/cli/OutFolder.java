package dev.rewire.training.cli;

import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.metrics.InitialPatterns;
import dev.rewire.training.cli.metrics.Metrics;
import dev.rewire.training.cli.metrics.MetricsFile;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.cli.report.EpochLine;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /** The folder of the run that goes on in this one; null if there is none. */
    private final @Nullable Path before;

    private OutFolder(Path folder, String checkpoint, @Nullable Path before) {
        this.folder = folder;
        this.checkpoint = checkpoint;
        this.before = before;
    }

    /** Where a run is saved; null if it is not. Nothing is written. */
    static @Nullable OutFolder of(@Nullable Path out, @Nullable Path resumed) throws IOException {
        return out != null ? at(out, resumed) : resumed != null ? beside(resumed) : null;
    }

    /** The folder of the checkpoint that is resumed. The run goes on in that file. */
    private static OutFolder beside(Path resumed) {
        return new OutFolder(
                folderOf(resumed), resumed.toAbsolutePath().getFileName().toString(), null);
    }

    private static Path folderOf(Path file) {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
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
        Path before = resumed != null && resumed.endsWith(CHECKPOINT) ? folderOf(resumed) : null;
        return new OutFolder(path, CHECKPOINT, before);
    }

    private static void requireEmpty(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            Optional<Path> first =
                    files.filter(file -> !isLeftOver(file)).sorted().findFirst();
            if (first.isPresent()) {
                throw new BadInputException(
                        OPTION,
                        path,
                        "is not empty (" + first.get().getFileName() + ")",
                        "new or empty folders, or that of the run of --resume");
            }
        }
    }

    /** Whether a run leaves it that is killed before it was first saved; with the checkpoint of the run beside, nothing is left over. */
    private static boolean isLeftOver(Path file) {
        Path checkpoint = file.resolveSibling(CHECKPOINT);
        Path dense = denseBeside(checkpoint);
        return !Files.exists(checkpoint)
                && (file.equals(dense)
                        || file.equals(part(dense))
                        || file.equals(part(checkpoint))
                        || file.endsWith(MetricsFile.NAME)
                        || file.endsWith(InitialPatterns.NAME)
                        || file.getFileName().toString().matches("\\..*\\.tmp"));
    }

    private static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
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
            throw new BadInputException(
                    OPTION, folder, "cannot be written to (" + FileFailure.reason(e) + ")", ACCEPTED);
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

    /**
     * Opens what tells of the training, and keeps where connections are first.
     *
     * @param run the run
     * @param dense the one beside it, or null
     * @param denseSteps without one, steps of the one that was beside it before
     */
    Metrics openMetrics(TrainingRun run, @Nullable TrainingRun dense, long denseSteps) throws IOException {
        if (!hasTables()) {
            return Metrics.none();
        }
        Path initial = folder.resolve(InitialPatterns.NAME);
        Path metrics = folder.resolve(MetricsFile.NAME);
        if (run.steps() == 0) {
            InitialPatterns.write(initial, run.parameters());
        } else if (before != null) {
            copyTree(before.resolve(InitialPatterns.NAME), initial);
            copyTree(before.resolve(MetricsFile.NAME), metrics);
        }
        return Metrics.open(metrics, dense == null ? List.of(run) : List.of(run, dense), denseSteps);
    }

    /** Copies a file, or a folder of files, if it is there. */
    private static void copyTree(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectories(to);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                for (Path file : files) {
                    Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } else if (Files.exists(from)) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The folder, where a page can be made of what is in it; null where it cannot. */
    @Nullable
    Path told() {
        return hasTables() ? folder : null;
    }

    /** Whether tables stand beside the checkpoint: not where it has a name of its own, as there they may be of another run. */
    private boolean hasTables() {
        return checkpoint.equals(CHECKPOINT);
    }

    /** Writes the table of epochs, which the checkpoints are the source of: a kill between them and it loses no line and doubles none. */
    void writeEpochs(List<EpochLine> lines) throws IOException {
        if (!hasTables()) {
            return;
        }
        StringBuilder csv = new StringBuilder(EpochLine.CSV_HEADER).append('\n');
        lines.forEach(line -> csv.append(line.csv()).append('\n'));
        write(EPOCHS, csv.toString());
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
        } catch (IOException e) {
            Files.deleteIfExists(whole);
            throw FileFailure.of(target, e);
        }
    }
}
