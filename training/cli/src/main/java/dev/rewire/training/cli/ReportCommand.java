package dev.rewire.training.cli;

import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.cli.report.Console;
import dev.rewire.training.cli.runs.RunFolder;
import dev.rewire.training.cli.runs.RunsPage;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rewire report}. */
@Command(
        name = "report",
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        customSynopsis = "rewire report DIR... [--out FILE.html]",
        description = {
            "%nMakes one page of one run, or of several side by side: curves over steps, FLOPs and seconds, where the time went, how"
                    + " connections moved, settings and results. It needs nothing but itself.%n"
        },
        footer = {
            "%nA run that is under way is shown as far as it is.",
            "Exit status: 0 done, 2 bad usage or bad input, 1 anything else."
        })
final class ReportCommand implements Callable<Integer> {
    private static final String PAGE = "report.html";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders that rewire train --out wrote.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE.html",
            description =
                    "Where the page goes; a file that is there is replaced (default: report.html in DIR if there is one, here if there are several).")
    private @Nullable Path out;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it by itself.
    private boolean help;

    private final Console console;

    ReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Path file = out != null ? out : folders.size() == 1 ? folders.get(0).resolve(PAGE) : Path.of(PAGE);
        if (Files.isDirectory(file)) {
            throw new BadInputException("--out", file, "is a folder", "files, as report.html");
        }
        List<RunFolder> runs = new ArrayList<>();
        for (Path folder : folders) {
            runs.add(RunFolder.read(folder, label(folder)));
        }
        write(file, RunsPage.html(runs, command()));
        console.out().println(file);
        return 0;
    }

    private String command() {
        List<String> given =
                spec == null ? List.of() : spec.commandLine().getParseResult().expandedArgs();
        return "./" + Provenance.now("rewire report", given).command();
    }

    /** A folder's own name, unless another one has it, too. */
    private String label(Path folder) {
        String own = name(folder);
        long same = folders.stream().filter(other -> name(other).equals(own)).count();
        return same > 1 ? folder.toString() : own;
    }

    private static String name(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? folder.toString() : name.toString();
    }

    private static void write(Path file, String html) throws IOException {
        Path whole = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.writeString(whole, html, StandardCharsets.UTF_8);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(whole);
            throw FileFailure.of(file, e);
        }
    }
}
