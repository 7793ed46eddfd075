package dev.rewire.bench.cli;

import dev.rewire.kernels.probe.Provenance;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The command that runs, as it was typed. */
final class GivenCommand {
    private GivenCommand() {}

    static Provenance provenance(@Nullable CommandSpec spec) {
        List<String> arguments = arguments(spec);
        return Provenance.now(Objects.requireNonNull(spec).qualifiedName(), arguments);
    }

    /** What followed the name of the command. */
    static List<String> arguments(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec.commandLine().getParseResult().expandedArgs();
    }
}
