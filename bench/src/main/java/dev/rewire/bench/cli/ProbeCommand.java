package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.kernels.measure.Measured;
import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.kernels.probe.Provenance;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rewire probe}. */
@Command(
        name = "probe",
        sortOptions = false,
        usageHelpWidth = 110,
        description =
                "Says what this machine can do, what the JVM makes of it and what Rewire uses, with the source of each answer.",
        footer =
                "%nA line with an exclamation mark says where one of them leaves something unused.%nExit status: 0 done,"
                        + " 2 bad usage or bad input, 1 anything else.")
final class ProbeCommand implements Callable<Integer> {
    /** As documented: with the start of the JVM it ends in 5. */
    private static final double MEASURING_SECONDS = 3;

    private final PrintStream out;
    private final PrintStream err;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    @Option(
            names = "--measure",
            description = "add what it does: multiply-adds, registers, bandwidth of caches and memory (about 3 s)")
    private boolean measure;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    ProbeCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        Provenance provenance = GivenCommand.provenance(spec);
        Capabilities capabilities = Capabilities.current();
        GpuCapabilities gpu = GpuCapabilities.current();
        Measured measured = measure
                ? Measured.take(
                        capabilities,
                        capabilities.cpu().available(),
                        MEASURING_SECONDS,
                        step -> err.println("rewire probe: " + step))
                : null;
        out.print(json ? json(provenance, capabilities, gpu, measured) : text(provenance, capabilities, gpu, measured));
        out.flush();
        return 0;
    }

    private static String json(
            Provenance provenance, Capabilities capabilities, GpuCapabilities gpu, @Nullable Measured measured) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = ResultJson.start(provenance);
        ObjectNode probed = mapper.valueToTree(capabilities.toMap());
        node.setAll(probed);
        node.set("gpu", mapper.valueToTree(gpu.toMap()));
        if (measured != null) {
            node.set("measured", mapper.valueToTree(measured.toMap()));
        }
        ResultJson.put(node.putObject("environment"), Environment.current(Map.of()));
        return ResultJson.text(node);
    }

    private static String text(
            Provenance provenance, Capabilities capabilities, GpuCapabilities gpu, @Nullable Measured measured) {
        return String.format(
                "rewire    %s, commit %s, %s%n%s%n%s%n%s",
                provenance.build().version(),
                provenance.build().commit().orElse("unknown"),
                provenance.date().toLocalDate(),
                capabilities,
                gpu.text(),
                measured == null ? "" : System.lineSeparator() + measured.toText());
    }
}
