package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.probe.Capabilities;
import example.FromArrays;
import example.Multiply;
import example.Normalize;
import example.Probe;
import example.Prune;
import example.ReadAndWrite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that the Javadoc shows do what it says. */
class ExamplesTest {
    private interface Program {
        void main(String... args) throws IOException;
    }

    @Test
    void multiplyPrintsWhatTheModulesPageSays() throws IOException {
        String printed = printed(Multiply::main);
        assertEquals("[[1.0, 3.0, 0.0, 0.0], [0.0, 0.0, 6.0, 8.0], [3.0, 7.0, 0.0, 0.0]]\n", printed);
        assertTrue(modulesPage().contains(printed.strip()));
    }

    /** The page of a module cannot refer to a source: javadoc 25 fails on it. */
    @Test
    void theModulesPageShowsMultiplyAsItIsTested() throws IOException {
        String source = Files.readString(Path.of("src/test/java/example/Multiply.java"));
        assertTrue(modulesPage().contains("{@snippet :\n" + source + "}"));
    }

    private static String modulesPage() throws IOException {
        return Files.readString(Path.of("src/main/java/module-info.java")).replaceAll("(?m)^ \\* ?", "");
    }

    @Test
    void fromArraysFindsTheElementsAgain() throws IOException {
        assertEquals("2 blocks\n[0, 3, 2]\n", printed(FromArrays::main));
    }

    @Test
    void readAndWriteConverts(@TempDir Path folder) throws IOException {
        Path in = Files.writeString(
                folder.resolve("in.mtx"), "%%MatrixMarket matrix coordinate real general\n3 5 1\n2 4 1.5\n");
        Path out = folder.resolve("out.mtx");
        assertEquals("3 x 5\n", printed(ReadAndWrite::main, in.toString(), out.toString()));
        assertTrue(Files.readAllLines(out).contains("2 4 1.5"));
    }

    @Test
    void pruneKeepsTheTwoLargestOfFour() throws IOException {
        assertEquals("[0.0, -4.0, 3.0, 0.0, 8.0, 0.0, 0.0, 6.0]\n", printed(Prune::main));
    }

    @Test
    void normalizeGivesPositiveFeaturesOfMeanAndDeviation() throws IOException {
        assertEquals("[[1.0, 0.0], [0.0, 1.0]]\n", printed(Normalize::main));
    }

    @Test
    void probeNamesTheKernels() throws IOException {
        assertEquals("kernels: " + Capabilities.current().kernels().provider() + "\n", printed(Probe::main));
    }

    private static String printed(Program program, String... args) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(args);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
