package dev.rewire.training.cli.option;

import dev.rewire.training.internal.Printable;
import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, on one line: the argument, its value, what is accepted. */
public final class UsageErrors {
    private UsageErrors() {}

    public static String line(ParameterException e) {
        String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        ArgSpec argument = e.getArgSpec();
        if (e.getCause() instanceof TypeConversionException accepted && argument != null) {
            return name(argument) + ": '" + e.getValue() + "' is not accepted; accepted are " + accepted.getMessage();
        }
        return switch (e) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched, help);
            case MissingParameterException missing
            when !missing.getMissing().isEmpty() -> {
                ArgSpec first = missing.getMissing().get(0);
                yield name(first) + ": the value is missing; accepted is " + name(first) + " " + first.paramLabel()
                        + " as '" + help + "' explains";
            }
            case OverwrittenOptionException twice -> name(twice.getOverwritten()) + ": given twice; accepted is once";
            default -> Printable.oneLine(String.valueOf(e.getMessage())) + "; '" + help + "' says what is accepted";
        };
    }

    private static String unmatched(UnmatchedArgumentException e, String help) {
        String argument = e.getUnmatched().isEmpty()
                ? ""
                : String.valueOf(e.getUnmatched().get(0));
        if (!e.isUnknownOption()) {
            return "'" + argument + "': unknown argument; accepted are the options that '" + help + "' lists";
        }
        String option = argument.split("=", 2)[0];
        List<String> similar = e.getSuggestions();
        return option + ": unknown option; accepted are those that '" + help + "' lists"
                + (similar.isEmpty() ? "" : ", such as " + String.join(", ", similar));
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
