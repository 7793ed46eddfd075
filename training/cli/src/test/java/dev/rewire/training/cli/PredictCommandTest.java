package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rewire predict}. */
class PredictCommandTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path data;
    private static Path checkpoint;
    private static JsonNode report;

    @BeforeAll
    static void train() throws IOException {
        data = TinyData.writeTo(shared.resolve("data"));
        Path out = shared.resolve("out");
        report = CommandResult.ofTraining(data, "--json", "--no-compare-dense", "--out", out.toString())
                .json();
        checkpoint = out.resolve("checkpoint.rewire");
    }

    @Test
    void accuracyIsThatOfTheRun() throws IOException {
        assertEquals(report.get("test_accuracy"), predict(data.toString()).get("accuracy"));
    }

    @Test
    void eachSampleHasAPrediction() throws IOException {
        JsonNode predicted = predict(data.toString()).get("predictions");
        assertEquals(TinyData.TEST, predicted.size());
        predicted.forEach(each -> assertTrue(each.asInt() >= 0 && each.asInt() < TinyData.CLASSES));
    }

    @Test
    void peopleSeeTheShareThatIsRight() {
        CommandResult result = CommandResult.of("predict", checkpoint.toString(), data.toString());
        assertTrue(
                result.out()
                        .contains(String.format(
                                Locale.ROOT,
                                "%.2f %% right",
                                100 * report.get("test_accuracy").asDouble())),
                result.out() + result.err());
    }

    @Test
    void samplesOfAnotherShapeAreRefused() throws IOException {
        Path csv = folder.resolve("other.csv");
        StringBuilder rows = new StringBuilder("a,b,y\n");
        for (int row = 0; row < 40; row++) {
            rows.append(row)
                    .append(',')
                    .append(row % 7)
                    .append(',')
                    .append(row % 2)
                    .append('\n');
        }
        Files.writeString(csv, rows);
        CommandResult result = CommandResult.of("predict", checkpoint.toString(), "csv:" + csv);
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains("accepted are image 4 4 1 with classes 4"), result.err());
    }

    /** The characters of a text are not in the checkpoint: those of another would be taken for them. */
    @Test
    void anotherTextIsRefused() throws IOException {
        Path out = folder.resolve("out");
        Path text = Files.writeString(folder.resolve("text"), "abcabcabd".repeat(40));
        Path other = Files.writeString(folder.resolve("other"), "hgefgefge".repeat(40));
        CommandResult trained = CommandResult.of(
                "train",
                "--data",
                "text:" + text,
                "--model",
                "gpt-1x2x16x9",
                "--block",
                "8x8",
                "--batch",
                "4",
                "--steps",
                "2",
                "--threads",
                "1",
                "--no-compare-dense",
                "--out",
                out.toString());
        assertEquals(0, trained.status(), trained.err());
        String file = out.resolve("checkpoint.rewire").toString();
        assertEquals(0, CommandResult.of("predict", file, "text:" + text).status());
        CommandResult result = CommandResult.of("predict", file, "text:" + other);
        assertEquals(2, result.status(), result.err());
        assertTrue(
                result.err().contains("DATA: text:" + other + " is not what the network has learned from"),
                result.err());
    }

    @Test
    void aFileThatIsNoCheckpointIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "none");
        CommandResult result = CommandResult.of("predict", file.toString(), data.toString());
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().startsWith("rewire predict: CHECKPOINT: " + file), result.err());
    }

    private static JsonNode predict(String of) throws IOException {
        CommandResult result = CommandResult.of("predict", "--json", checkpoint.toString(), of);
        assertEquals(List.of(0, ""), List.of(result.status(), result.err()));
        return result.json();
    }
}
