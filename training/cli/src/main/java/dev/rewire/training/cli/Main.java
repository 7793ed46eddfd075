package dev.rewire.training.cli;

import dev.rewire.kernels.probe.Build;
import dev.rewire.training.cli.option.UsageErrors;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.cli.report.Console;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The commands of this module. Exit status: 0 done, 2 bad usage or bad input, 1 anything else. */
@Command(name = "rewire", description = "Trains networks that are sparse from their first step, and tells of it.")
public final class Main {
    private static final int BAD_USAGE = 2;

    private Main() {}

    /**
     * Runs a command and exits.
     *
     * @param args its name and options
     */
    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    static int run(Console console, String... args) {
        CommandLine commands = new CommandLine(new Main())
                .addSubcommand(new TrainCommand(console))
                .addSubcommand(new ReportCommand(console))
                .addSubcommand(new PredictCommand(console))
                .addSubcommand(new ExportCommand(console))
                .setOut(new PrintWriter(console.out(), true, console.out().charset()))
                .setErr(new PrintWriter(console.err(), true, console.err().charset()))
                .setParameterExceptionHandler((e, given) -> badUsage(e, console))
                .setExecutionExceptionHandler((e, command, given) -> Failure.report(name(command), e, console.err()));
        ValueConverters.register(commands);
        addVersion(commands);
        int status;
        try {
            status = commands.execute(args);
        } catch (Error e) {
            // Such as memory that is not there: picocli handles exceptions alone.
            status = Failure.report(name(commands), e, console.err());
        }
        if (status == 0 && console.out().checkError()) {
            boolean isCommand = args.length > 0 && commands.getSubcommands().containsKey(args[0]);
            String command = name(commands) + (isCommand ? " " + args[0] : "");
            return Failure.report(
                    command, new FileSystemException("stdout", null, "cannot be written to"), console.err());
        }
        return status;
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

    private static int badUsage(ParameterException e, Console console) {
        console.err().println(name(e.getCommandLine()) + ": " + UsageErrors.line(e));
        return BAD_USAGE;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
