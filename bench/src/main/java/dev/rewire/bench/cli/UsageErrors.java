package dev.rewire.bench.cli;

import java.util.List;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, on one line: the argument, its value, what is accepted. */
final class UsageErrors {
    private UsageErrors() {}

    static String line(ParameterException e) {
        String help = "'" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'";
        ArgSpec argument = e.getArgSpec();
        if (e.getCause() instanceof TypeConversionException accepted && argument != null) {
            return name(argument) + ": '" + e.getValue() + "' is not accepted; accepted are " + accepted.getMessage();
        }
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unmatched(unmatched, help);
        }
        if (e instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + ": given twice; accepted is once";
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            ArgSpec first = missing.getMissing().get(0);
            return name(first) + ": the value is missing; accepted is " + name(first) + " " + first.paramLabel();
        }
        return oneLine(String.valueOf(e.getMessage())) + "; " + help + " says what is accepted";
    }

    private static String unmatched(UnmatchedArgumentException e, String help) {
        String argument = e.getUnmatched().get(0);
        if (!e.isUnknownOption()) {
            return "'" + argument + "': unknown argument; accepted are those that " + help + " lists";
        }
        List<String> similar = e.getSuggestions();
        return argument.split("=", 2)[0] + ": unknown option; accepted are those that " + help + " lists"
                + (similar.isEmpty() ? "" : ", such as " + String.join(", ", similar));
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** The text with its line breaks as blanks. */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
