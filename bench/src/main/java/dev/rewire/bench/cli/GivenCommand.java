package dev.rewire.bench.cli;

import dev.rewire.kernels.probe.Provenance;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The command that runs, as it was typed. */
final class GivenCommand {
    private GivenCommand() {}

    static Provenance provenance(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return Provenance.now(
                spec.qualifiedName(), spec.commandLine().getParseResult().expandedArgs());
    }
}
