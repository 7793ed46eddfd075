package dev.rewire.bench.cli;

import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.Product;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.probe.Build;
import dev.rewire.training.internal.FileFailure;
import dev.rewire.training.setting.Device;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The commands of this module. Exit status: 0 done, 2 bad usage or bad input, 1 anything else. */
@Command(name = "rewire", description = "Measures sparse products beside their dense peers.")
public final class Main {
    private static final int BAD_INPUT = 2;
    private static final int OTHER = 1;

    /** The system property that adds a stack trace to an error's line. */
    private static final String DEBUG = "rewire.debug";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    private Main() {}

    /**
     * Runs a command and exits.
     *
     * @param args its name and options
     */
    public static void main(String[] args) {
        // In the C locale Java would write a question mark for ×, and JSON is UTF-8 anywhere.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(out, err, Stderr.isTerminal(), args));
    }

    static int run(PrintStream out, PrintStream err, boolean terminal, String... args) {
        CommandLine commands = new CommandLine(new Main())
                .addSubcommand(new SpmmCommand(out, err, terminal))
                .addSubcommand(new BenchCommand(out, err))
                .addSubcommand(new StepCommand(out, err))
                .addSubcommand(new ProbeCommand(out, err))
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, given) -> {
                    err.println(name(e.getCommandLine()) + ": " + UsageErrors.line(e));
                    return BAD_INPUT;
                })
                .setExecutionExceptionHandler((e, command, result) -> failed(name(command), e, err));
        addVersion(commands);
        OptionValues.register(commands);
        OptionValues.registerChoice(commands, Product.class, Product.values());
        OptionValues.registerChoice(commands, Device.class, Device.values());
        OptionValues.registerChoice(commands, Layout.class, Layout.values());
        OptionValues.registerChoice(commands, PlanChoice.class, PlanChoice.values());
        OptionValues.registerChoice(commands, ValueType.class, ValueType.values());
        if (args.length == 0) {
            err.println("rewire: no command; accepted are "
                    + String.join(", ", commands.getSubcommands().keySet()));
            return BAD_INPUT;
        }
        try {
            int status = commands.execute(args);
            if (out.checkError()) {
                err.println(name(commands) + ": stdout: cannot be written to");
                return status == 0 ? OTHER : status;
            }
            return status;
        } catch (Error e) {
            // Such as memory that is not there: picocli handles exceptions alone.
            return failed(name(commands), e, err);
        }
    }

    /** {@code --version}, of the program and of each command. */
    private static void addVersion(CommandLine commands) {
        CommandSpec spec = commands.getCommandSpec();
        spec.version(Build.current().toString());
        spec.addOption(OptionSpec.builder("--version")
                .versionHelp(true)
                .description("print the version")
                .build());
        commands.getSubcommands().values().forEach(Main::addVersion);
    }

    /** One line on stderr, and the status that says whose fault it is. */
    private static int failed(String command, Throwable failure, PrintStream err) {
        boolean badInput = failure instanceof InvalidInputException;
        String line = switch (failure) {
            case InvalidInputException input -> String.valueOf(input.getMessage());
            case FileSystemException file -> FileFailure.text(file);
            default -> failure.toString();
        };
        err.println(command + ": " + UsageErrors.oneLine(line));
        if (Boolean.getBoolean(DEBUG)) {
            failure.printStackTrace(err);
        }
        return badInput ? BAD_INPUT : OTHER;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
