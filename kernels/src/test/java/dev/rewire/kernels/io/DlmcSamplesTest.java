package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Files of the collection itself, where they are at hand: their licence does not let them come with the code. */
class DlmcSamplesTest {
    @TestFactory
    List<DynamicTest> readsWhatASimpleReaderReads() throws IOException {
        Optional<Path> folder = samples();
        assumeTrue(folder.isPresent(), "no shared/data/dlmc beside the checkout");
        try (Stream<Path> files = Files.walk(folder.get())) {
            return files.filter(file -> file.toString().endsWith(".smtx"))
                    .map(file -> DynamicTest.dynamicTest(
                            folder.get().relativize(file).toString(),
                            () -> assertEquals(
                                    simplyRead(file), SparseFile.read(file).pattern())))
                    .toList();
        }
    }

    private static BlockPattern simplyRead(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int[] size = numbers(lines.get(0), ", ");
        return BlockPattern.of(size[0], size[1], 1, 1, numbers(lines.get(1), " "), numbers(lines.get(2), " "));
    }

    private static int[] numbers(String line, String separator) {
        return Stream.of(line.split(separator, -1))
                .filter(number -> !number.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static Optional<Path> samples() {
        return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
                .map(folder -> folder.resolve("shared", "data", "dlmc"))
                .filter(Files::isDirectory)
                .findFirst();
    }
}
