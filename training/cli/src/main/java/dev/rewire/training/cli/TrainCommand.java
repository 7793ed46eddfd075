package dev.rewire.training.cli;

import dev.rewire.kernels.probe.Cpu;
import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.EpochResult;
import dev.rewire.training.RunSummary;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.cli.option.DataOptions;
import dev.rewire.training.cli.option.SettingsOptions;
import dev.rewire.training.cli.peer.DensePeer;
import dev.rewire.training.cli.peer.StoppedException;
import dev.rewire.training.cli.report.Console;
import dev.rewire.training.cli.report.DataSet;
import dev.rewire.training.cli.report.Divergence;
import dev.rewire.training.cli.report.Environment;
import dev.rewire.training.cli.report.ProfileTable;
import dev.rewire.training.cli.report.Progress;
import dev.rewire.training.cli.report.Report;
import dev.rewire.training.cli.report.ResultTable;
import dev.rewire.training.cli.report.RunHeader;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.DataSource;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code rewire train}. */
@Command(
        name = "train",
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        customSynopsis = "rewire train [OPTION]...",
        description = {
            "%nTrains a network that is sparse from its first step, and beside it the dense one.%n%nWithout options: RigL at 90 %%"
                    + " sparsity on Fashion-MNIST.%n"
        },
        footer = {
            "%nCtrl-C and SIGTERM finish the step, save and print the command that goes on. A run whose loss or weights are no finite"
                    + " numbers any more stops, with status 1; what was saved before stays.",
            "Exit status: 0 done, 2 bad usage or bad input, 1 anything else.",
            "JSON: sparsity, accuracies, rewire_share and exploration_rate are shares from 0 to 1; step_ms_median leaves out steps"
                    + " that rewire, but for those of sr-ste; dense_step_ms_median, speedup_vs_dense and dense_test_accuracy are left out without comparison.",
            "-D" + Failure.DEBUG + "=true in REWIRE_JAVA_OPTS adds a stack trace to an error."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int CUT_SHORT = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--compare-dense",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Train the dense network too, on the faster of Rewire's own kernels and OpenBLAS, in turns with the sparse one"
                            + " (default: yes, unless --method dense).")
    private @Nullable Boolean compareDense;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Write report.json, epochs.csv, metrics.jsonl and, after each epoch, checkpoints there: a folder that is new, empty, or that of the"
                            + " run of --resume (default: with --resume that one).")
    private @Nullable Path out;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description =
                    "Go on with the run of a checkpoint, on the same data. Its settings hold; others than --threads may be repeated,"
                            + " not changed.")
    private @Nullable Path resume;

    @Option(
            names = "--profile",
            description =
                    "Take the time of each layer and of what is around them, and tell it at the end: the median of a step, and the share of all.")
    private boolean profile;

    @Option(names = "--json", description = "Print one JSON object on stdout, and nothing else.")
    private boolean json;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it by itself.
    private boolean help;

    private final Console console;

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        TrainingConfig config = config();
        if (config.device() == Device.GPU) {
            // Before data are looked for, which takes longer.
            NmBackend.find();
        }
        DataSource source = data.source();
        OutFolder folder = OutFolder.of(out, resume);
        DataSplit images = data.load(source, config, console.err()::println);
        // From here on a signal waits for what there is to save, or to say.
        try (Interruption interruption = Interruption.install();
                TrainingRun run = openRun(config, images)) {
            if (folder != null) {
                folder.open();
            }
            try (DensePeer dense = openDense(run, images, interruption::isRequested)) {
                if (!train(run, dense, folder, interruption::isRequested)) {
                    return CUT_SHORT;
                }
                interruption.complete();
                return 0;
            } catch (StoppedException e) {
                console.err().println("interrupted before a step was taken; the same command begins again");
                return CUT_SHORT;
            }
        }
    }

    /** Trains, and reports; false if a signal or a divergence cut it short. */
    private boolean train(
            TrainingRun run, @Nullable DensePeer dense, @Nullable OutFolder folder, BooleanSupplier interrupted)
            throws IOException {
        PrintStream people = json ? console.err() : console.out();
        Environment environment = Environment.of(run, dense == null ? null : dense.engine());
        RunHeader.lines(run, environment).forEach(people::println);
        Cpu.current()
                .tooFewFor(run.config().threads())
                .ifPresent(line -> console.err().println("rewire train: " + line));
        List<EpochResult> denseBefore = dense != null || resume == null
                ? List.of()
                : DensePeer.resultsBeside(run.config(), OutFolder.denseBeside(resume));
        TrainSession session =
                new TrainSession(run, dense, denseBefore, folder, Progress.on(console), people::println, interrupted);
        TrainSession.End end = session.train();
        if (end == TrainSession.End.INTERRUPTED) {
            console.err().println(interrupted(run, folder));
            return false;
        }
        Divergence divergence = session.divergence();
        RunSummary summary = session.summary();
        RunSummary denseSummary = session.denseSummary();
        DataSet set = DataSet.of(data.name(), run);
        String report = Report.of(
                        run.config(),
                        set,
                        run.data(),
                        summary,
                        run.profile(),
                        denseSummary,
                        divergence,
                        environment,
                        provenance())
                .toJson();
        if (folder != null) {
            folder.writeReport(report);
        }
        if (profile) {
            ProfileTable.lines(run.profile()).forEach(people::println);
        }
        if (json) {
            console.out().println(report);
        } else if (divergence == null) {
            String title = RunHeader.title(run.config());
            String kernels = environment.kernels().text();
            String engine = environment.gpu() == null ? kernels : summary.engine() + " and kernels";
            console.out().println();
            ResultTable.lines(title, engine, summary, denseSummary).forEach(console.out()::println);
        }
        if (folder != null && folder.told() != null) {
            people.println("rewire report " + quoted(String.valueOf(folder.told())) + " makes a page of this run");
        }
        if (divergence != null) {
            console.err().println("rewire train: " + divergence.text() + "; " + kept(folder));
            return false;
        }
        return true;
    }

    private static String kept(@Nullable OutFolder folder) {
        return folder != null && Files.exists(folder.checkpoint())
                ? folder.checkpoint() + " holds the run as it was last saved"
                : "nothing was saved";
    }

    private String interrupted(TrainingRun run, @Nullable OutFolder folder) {
        String where = "interrupted after step " + run.steps() + " of " + run.totalSteps();
        if (folder == null) {
            return where + "; nothing was saved, as there was no --out";
        }
        String command = "rewire train --data " + quoted(data.name()) + " --resume "
                + quoted(folder.checkpoint().toString());
        return where + " and saved; this goes on: " + command;
    }

    /** As a shell takes it for one word. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=+,@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private TrainingConfig config() throws IOException {
        ParseResult given = given();
        if (resume == null) {
            return settings.fresh(given).toBuilder().profile(profile).build();
        }
        if (!Files.isRegularFile(resume) || !Files.isReadable(resume)) {
            throw new BadInputException("--resume", resume, "is no readable file", "checkpoints that --out saved");
        }
        try {
            return settings.resumed(TrainingRun.configOf(resume), resume, given).toBuilder()
                    .profile(profile)
                    .build();
        } catch (CheckpointException e) {
            throw new BadInputException("--resume", e);
        }
    }

    private Provenance provenance() {
        return Provenance.now("rewire train", given().expandedArgs());
    }

    private ParseResult given() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec.commandLine().getParseResult();
    }

    private TrainingRun openRun(TrainingConfig config, DataSplit images) throws IOException {
        if (resume == null) {
            return TrainingRun.create(config, images);
        }
        try {
            return TrainingRun.resume(resume, images, config);
        } catch (CheckpointException e) {
            throw new BadInputException("--resume", e);
        }
    }

    /** The dense network beside the run; null if it is not wanted, or cannot go on where the run does. */
    private @Nullable DensePeer openDense(TrainingRun run, DataSplit images, BooleanSupplier interrupted)
            throws IOException {
        boolean isDense = run.config().method() == Method.DENSE;
        if (isDense || Boolean.FALSE.equals(compareDense)) {
            return null;
        }
        if (resume == null) {
            console.err().println("timing a few steps of the dense network");
            return DensePeer.start(run.config(), images, interrupted);
        }
        try {
            return DensePeer.resume(run, OutFolder.denseBeside(resume), images, interrupted);
        } catch (CheckpointException e) {
            if (Boolean.TRUE.equals(compareDense)) {
                throw new BadInputException("--compare-dense", e);
            }
            console.err().println("no comparison: the dense network cannot go on with the run: " + e.getMessage());
            return null;
        }
    }
}
