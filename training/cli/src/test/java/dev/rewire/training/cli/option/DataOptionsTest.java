package dev.rewire.training.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.model.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DataOptionsTest {
    @TempDir
    private Path folder;

    @Command
    private static final class Line {
        @Mixin
        private final DataOptions data = new DataOptions();
    }

    private SampleShape shapeOfText(String model) throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "to be or not to be: ".repeat(20));
        Line line = new Line();
        new CommandLine(line).parseArgs("--data", "text:" + text);
        TrainingConfig config =
                TrainingConfig.builder().model(Presets.parse(model)).build();
        return line.data
                .load(line.data.source(), config, progress -> {})
                .train()
                .shape();
    }

    @Test
    void aTextIsCutIntoWindowsOfTheModel() throws IOException {
        assertEquals(new SampleShape.Tokens(16, 8), shapeOfText("gpt-1x2x8x16"));
    }

    @Test
    void aModelThatReadsNoTextIsRefusedWithTheData() {
        String message = assertThrows(BadInputException.class, () -> shapeOfText("lenet5"))
                .getMessage();
        assertEquals(
                "--model: lenet5 does not go with --data text:" + folder.resolve("text")
                        + "; accepted are models of text, as gpt-4x4x128x64",
                message);
    }
}
