package dev.rewire.training.cli.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.cli.metrics.InitialPatterns;
import dev.rewire.training.cli.metrics.MetricsFile;
import dev.rewire.training.cli.option.BadInputException;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.SparseParameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is in the folder of a run.
 *
 * @param label of the run on the page
 * @param networks that of the run, then the dense one beside it if there was one
 * @param report what the run came to; missing if it has not ended
 * @param topologies of its sparse weights
 * @param missing why there are none, or an empty text
 */
public record RunFolder(
        String label, List<ToldNetwork> networks, JsonNode report, List<Topology> topologies, String missing) {
    private static final String CHECKPOINT = "checkpoint.rewire";
    private static final String REPORT = "report.json";

    /**
     * Reads a folder.
     *
     * @param folder of {@code rewire train --out}
     * @param label what it is called on the page
     * @throws BadInputException if it is none
     * @throws IOException if reading fails, or a file in it is not as training writes it
     */
    public static RunFolder read(Path folder, String label) throws IOException {
        Path metrics = folder.resolve(MetricsFile.NAME);
        if (!Files.isRegularFile(metrics)) {
            throw new BadInputException(
                    "DIR", folder, "has no " + MetricsFile.NAME, "folders that rewire train --out wrote");
        }
        List<ToldNetwork> networks = ToldNetwork.of(MetricsFile.read(metrics));
        if (networks.isEmpty()) {
            throw new BadInputException(
                    "DIR", folder, "has a " + MetricsFile.NAME + " without a run", "folders of runs that have begun");
        }
        List<Topology> topologies = new ArrayList<>();
        String missing = "";
        Path checkpoint = folder.resolve(CHECKPOINT);
        if (Files.isRegularFile(checkpoint)) {
            try {
                readTopologies(folder, checkpoint, topologies);
            } catch (CheckpointException e) {
                missing = Objects.requireNonNull(e.getMessage());
            }
        } else {
            missing = "the run was not saved yet";
        }
        return new RunFolder(label, networks, report(folder.resolve(REPORT)), topologies, missing);
    }

    private static JsonNode report(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return new JsonMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new BadInputException(
                    "DIR", file, "is no JSON (" + e.getOriginalMessage() + ")", "reports that rewire train wrote");
        }
    }

    private static void readTopologies(Path folder, Path checkpoint, List<Topology> topologies) throws IOException {
        Path initial = folder.resolve(InitialPatterns.NAME);
        try (TrainedNetwork network = TrainedNetwork.open(checkpoint, 1)) {
            SampleShape.Image image =
                    network.sample() instanceof SampleShape.Image pixels ? pixels : new SampleShape.Image(1, 1, 1);
            boolean first = true;
            for (NamedParameter parameter : network.parameters()) {
                if (parameter.parameter() instanceof SparseParameter sparse) {
                    if (sparse.nonzeros() < sparse.pattern().shape().weights()) {
                        topologies.add(Topology.of(
                                parameter.name(),
                                InitialPatterns.read(initial, parameter.name()),
                                InitialPatterns.of(sparse).asBlocks(),
                                first ? image : null));
                    }
                    first = false;
                }
            }
        }
    }
}
