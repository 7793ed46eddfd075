package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.IdxBytes;
import example.Train;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that the Javadoc shows trains. */
class TrainExampleTest {
    @Test
    void trainPrintsALineForEachEpoch(@TempDir Path folder) throws IOException {
        for (String part : List.of("train", "t10k")) {
            IdxBytes.write(folder.resolve(part + "-images-idx3-ubyte"), IdxBytes.images(200));
            IdxBytes.write(folder.resolve(part + "-labels-idx1-ubyte"), IdxBytes.labels(200));
        }
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Train.main(new String[] {folder.toString()});
        } finally {
            System.setOut(before);
        }
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).startsWith("EpochResult[epoch=2,"), lines.get(1));
    }
}
