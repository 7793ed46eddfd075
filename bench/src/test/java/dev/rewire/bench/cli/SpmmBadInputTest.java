package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad usage and bad input: exit status 2, nothing on stdout, one line on stderr with what it is about. */
class SpmmBadInputTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rows -1            | --rows, -1, 0 to",
                "--rows x             | --rows, 'x', integers",
                "--cols 99999999999   | --cols, '99999999999', integers",
                "--sparsity 1.5       | --sparsity, 1.5, 0 to 1",
                "--sparsity NaN       | --sparsity, NaN, 0 to 1",
                "--pattern-seed one   | --pattern-seed, 'one', integers",
                "--format nm          | --format, nm, bsr",
                "--format coo         | --format, coo, bsr",
                "--nm 2:4             | --nm, 2:4, --format nm",
                "--block 0x3          | --block, '0x3', 64",
                "--block 16           | --block, '16', RxC",
                "--block 65x1         | --block, '65x1', 64",
                "--batch 0            | --batch, 0, 1 to",
                "--layout columns     | --layout, 'columns', 'row-major, panels'",
                "--product sideways   | --product, 'sideways', 'forward, backward-input, backward-weight'",
                "--threads 0          | --threads, 0, 1 to",
                "--peers blis         | --peers, 'blis', openblas",
                "--seconds 0          | --seconds, 0, more than 0",
                "--seconds            | --seconds, accepted",
                "--batch 2 --batch 3  | --batch, twice, once",
                "--matrix none.smtx   | --matrix, none.smtx, .smtx",
                "--colour             | --colour, unknown, accepted",
                "stray                | stray, accepted",
            })
    void badArgumentIsRefused(String arguments, String expected) {
        String[] words = ("spmm " + arguments.strip()).split(" ");

        assertRefused(CommandLineRun.of(words), Stream.of(expected.split(", ")).map(word -> word.replace("'", "")));
    }

    @Test
    void commandMissingOrUnknownIsRefused() {
        assertRefused(CommandLineRun.of(), Stream.of("spmm"));
        assertEquals(2, CommandLineRun.of("multiply").status());
    }

    @Test
    void operandsThatNoMachineHoldsAreRefused() {
        assertRefused(CommandLineRun.of("spmm", "--batch", "2000000000"), Stream.of("--batch", "2000000000", "accepted"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2, 3, 2;0 1;0 1                  | line 2",
                "2, 3, 2;0 1 2;0 7                | line 3",
                "2, 3, 2;0 2 2;1 1                | line 3",
                "2, 3, 2;0 2 2;1 0                | line 3",
                "2, 3, 2;0 1 1;0                  | line 2",
                "words                            | line 1",
                "1000000000, 1, 0                 | line 1",
            })
    void malformedMatrixIsRefusedWithFileAndLine(String content, String line) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.smtx"), content.strip().replace(';', '\n') + "\n");

        assertRefused(CommandLineRun.of("spmm", "--matrix", file.toString()), Stream.of(file.toString(), line));
    }

    @Test
    void shapeBesideMatrixIsRefused() {
        assertRefused(CommandLineRun.of("spmm", "--matrix", "w.smtx", "--rows", "3"), Stream.of("--rows", "3", "--matrix"));
    }

    private static void assertRefused(CommandLineRun run, Stream<String> words) {
        assertEquals(2, run.status());
        assertEquals("", run.out());
        assertEquals(1, run.err().size(), () -> run.err().toString());
        assertAll(words.map(
                word -> () -> assertTrue(run.err().getFirst().contains(word), () -> run.err() + " lacks " + word)));
    }
}
