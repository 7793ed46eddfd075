package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.peer.DenseEngine;
import dev.rewire.training.cli.peer.DensePeer;
import dev.rewire.training.cli.report.Divergence;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that diverges ends with status 1 and one line, and its numbers are no results. */
class DivergedRunTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.writeTo(folder.resolve("data"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--lr 1e30",
                "--weight-decay 1e30",
                "--lr 1e30 --no-compare-dense",
                "--method static --lr 1e30",
                "--method set --lr 1e30",
                "--method dense --lr 1e30",
                "--method sr-ste --nm 2:4 --lr 1e30",
                "--optimizer adamw --weight-decay 1e30"
            })
    void theReportSaysWhereAndHasNoAccuracy(String options) throws IOException {
        CommandResult result = CommandResult.ofTraining(data, ("--json " + options).split(" "));
        assertEquals(1, result.status(), result.err());
        assertEquals(
                1,
                result.err()
                        .lines()
                        .filter(line -> line.startsWith("rewire train: the ")
                                && line.contains(" network diverged at step ")
                                && line.endsWith("; nothing was saved"))
                        .count(),
                result.err());
        JsonNode json = result.json();
        assertTrue(json.at("/diverged_at/step").asInt() > 0, result.out());
        assertTrue(json.at("/diverged_at/layer").asInt() > 0, result.out());
        for (String key : List.of("test_accuracy", "best_test_accuracy", "dense_test_accuracy", "speedup_vs_dense")) {
            assertFalse(json.has(key), key);
        }
    }

    @Test
    void peopleGetNoTable() {
        CommandResult result = CommandResult.ofTraining(data, "--lr", "1e30");
        assertEquals(1, result.status(), result.err());
        assertFalse(result.out().contains("test accuracy"), result.out());
    }

    @Test
    void theLastGoodCheckpointIsKept() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Path checkpoint = out.resolve("checkpoint.rewire");
        try (TrainingRun run = TrainingRun.create(config(1e30), images())) {
            run.save(checkpoint);
        }
        byte[] saved = Files.readAllBytes(checkpoint);
        CommandResult result = CommandResult.of("train", "--data", data.toString(), "--resume", checkpoint.toString());
        assertEquals(1, result.status(), result.err());
        assertTrue(result.err().contains("; " + checkpoint + " holds the run as it was last saved"), result.err());
        assertArrayEquals(saved, Files.readAllBytes(checkpoint));
        assertTrue(Files.readString(out.resolve("report.json")).contains("\"diverged_at\""));
    }

    @Test
    void aDenseNetworkThatDivergesEndsTheRunToo() throws IOException {
        OutFolder out = out();
        TrainingConfig wild = config(1e30).asDense();
        DenseEngine engine = new DenseEngine("rewire", "", Map.of(), Map.of());
        try (TrainingRun run = TrainingRun.create(config(0.1), images());
                DensePeer dense = new DensePeer(TrainingRun.create(wild, images()), engine)) {
            TrainSession session = session(run, dense, out, Integer.MAX_VALUE);
            assertEquals(TrainSession.End.DIVERGED, session.train());
            Divergence divergence = session.divergence();
            assertNotNull(divergence);
            assertEquals("dense", divergence.network());
        }
        assertTrue(Files.notExists(out.checkpoint()), "its half of a pair was saved");
    }

    @Test
    void aRunThatASignalFindsDivergedIsNotSaved() throws IOException {
        OutFolder out = out();
        try (TrainingRun run = TrainingRun.create(
                config(1e30).toBuilder()
                        .optimizer(new Optimizer.Sgd(0, false, 1e30))
                        .build(),
                images())) {
            TrainSession session = session(run, null, out, 1);
            assertEquals(TrainSession.End.DIVERGED, session.train());
            assertEquals(1, run.steps(), "the loss told before the signal could");
        }
        assertTrue(Files.notExists(out.checkpoint()));
    }

    private static TrainSession session(TrainingRun run, DensePeer dense, OutFolder out, int steps) {
        AtomicInteger asked = new AtomicInteger();
        return new TrainSession(
                run, dense, List.of(), out, new NoProgress(), line -> {}, () -> asked.getAndIncrement() >= steps);
    }

    private OutFolder out() throws IOException {
        OutFolder out = OutFolder.of(folder.resolve("out"), null);
        assertNotNull(out);
        out.open();
        return out;
    }

    private DataSplit images() throws IOException {
        return ImageSource.of(data.toString())
                .load(TinyData.CLASSES, line -> {})
                .split();
    }

    private static TrainingConfig config(double rate) {
        return TinyData.config(Method.STATIC).learningRate(rate).build();
    }
}
