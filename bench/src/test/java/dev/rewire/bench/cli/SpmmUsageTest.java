package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad usage and bad input: status 2, nothing on stdout, one line on stderr with the argument, its value and what is accepted. */
class SpmmUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sparsity 1.5|--sparsity: 1.5 is out of range; accepted are 0 to 1",
                "--sparsity -0.1|--sparsity: -0.1 is out of range; accepted are 0 to 1",
                "--sparsity NaN|--sparsity: NaN is out of range; accepted are 0 to 1",
                "--sparsity much|--sparsity: 'much' is not accepted; accepted are numbers",
                "--block 0x3|--block: '0x3' is not accepted; accepted are RxC with R and C from 1 to 64, as 16x16",
                "--block 65x1|--block: '65x1' is not accepted; accepted are RxC with R and C from 1 to 64, as 16x16",
                "--block 16|--block: '16' is not accepted; accepted are RxC with R and C from 1 to 64, as 16x16",
                "--batch 0|--batch: 0 is out of range; accepted are 1 to 2147483583",
                "--batch 1.5|--batch: '1.5' is not accepted; accepted are integers of 32 bits",
                "--rows 99999999999|--rows: '99999999999' is not accepted; accepted are integers of 32 bits",
                "--batch|--batch: the value is missing; accepted is --batch B",
                "--batch 1 --batch 2|--batch: given twice; accepted is once",
                "--threads 0|--threads: 0 is out of range; accepted are 1 to 1024",
                "--threads 9999|--threads: 9999 is out of range; accepted are 1 to 1024",
                "--seconds 0|--seconds: 0.0 is out of range; accepted are more than 0 and up to 3600",
                "--seconds NaN|--seconds: NaN is out of range; accepted are more than 0 and up to 3600",
                "--rows -1|--rows: -1 is out of range; accepted are 0 to 33554367",
                "--cols 99999999|--cols: 99999999 is out of range; accepted are 0 to 33554367",
                "--layout columns|--layout: 'columns' is not accepted; accepted are row-major, panels, feature-major",
                "--product sideways|--product: 'sideways' is not accepted; accepted are forward, backward-input, backward-weight",
                "--pattern-seed x|--pattern-seed: 'x' is not accepted; accepted are integers of 64 bits",
                "--format csc|--format csc: unknown; accepted: bsr, nm",
                "--nm 2:4|--nm: 2:4 without --format nm; accepted is it with --format nm",
                "--nm-shared 4|--nm-shared: 4 without --format nm; accepted is it with --format nm",
                "--format nm --nm 5:4|--nm: '5:4' is not accepted; accepted are N:M with M one of 2, 4, 8, 16 and N from 1 to M, as 2:4",
                "--format nm --nm 2:3|--nm: '2:3' is not accepted; accepted are N:M with M one of 2, 4, 8, 16 and N from 1 to M, as 2:4",
                "--format nm --nm 0:4|--nm: '0:4' is not accepted; accepted are N:M with M one of 2, 4, 8, 16 and N from 1 to M, as 2:4",
                "--format nm --cols 6|--cols: 6 is not divisible; accepted are multiples of M = 4",
                "--format nm --rows 6 --nm-shared 4|--rows: 6 is not divisible; accepted are multiples of --nm-shared = 4",
                "--format nm --nm-shared 3|--nm-shared: 3 is not accepted; accepted are 1, 2, 4, 8, 16",
                "--format nm --nm-shared 32|--nm-shared: 32 is not accepted; accepted are 1, 2, 4, 8, 16",
                "--nm-transposable|--nm-transposable: true without --format nm; accepted is it with --format nm",
                "--format nm --nm-transposable --rows 6 --cols 8|--rows: 6 is not divisible; accepted are multiples of M = 4",
                "--format nm --nm-transposable --nm-shared 2|--nm-transposable: with --nm 2:4 and --nm-shared 2; accepted are M up to 4 and no sharing",
                "--format nm --nm 2:8 --nm-transposable|--nm-transposable: with --nm 2:8 and --nm-shared 1; accepted are M up to 4 and no sharing",
                "--format nm --sparsity 0.5|--sparsity: 0.5 is given together with --format nm; accepted is one of the two",
                "--format nm --block 4x4|--block: 4x4 is given together with --format nm; accepted is one of the two",
                "--format nm --matrix a.smtx|--matrix: a.smtx is given together with --format nm; accepted is one of the two",
                "--values f8|--values: 'f8' is not accepted; accepted are f32, bf16, f16",
                "--values bf16 --product backward-input|--values bf16: with --product backward-input; accepted is --product forward",
                "--device tpu|--device: 'tpu' is not accepted; accepted are cpu, gpu",
                "--device gpu|--format bsr: with --device gpu; accepted is --format nm",
                "--device gpu --format nm|--nm 2:4 with --values f32: with --device gpu; accepted is --nm 1:2 with f32, which is multiplied as TF32; or f16 or bf16 with 2:4",
                "--device gpu --format nm --nm 1:4 --values f16|--nm 1:4 with --values f16: with --device gpu; accepted is --nm 2:4 with f16",
                "--device gpu --format nm --values f16 --product backward-weight|--product backward-weight: with --device gpu; accepted is forward, or backward-input",
                "--device gpu --format nm --values f16 --product backward-input|--product backward-input: with --device gpu; accepted is it with --nm-transposable, or forward",
                "--device gpu --format nm --values f16 --layout panels|--layout panels: with --device gpu; accepted is row-major",
                "--device gpu --format nm --values f16 --layout feature-major|--layout feature-major: with --device gpu; accepted is row-major",
                "--device gpu --format nm --values f16 --peers openblas|--peers openblas: with --device gpu; accepted is cublaslt or none",
                "--device gpu --format nm --values f16 --rows 8|--rows: 8 with --device gpu; accepted are multiples of 16 with --values f16",
                "--peers blis|--peers: 'blis' is unknown; accepted are openblas, mkl, mkl-csr, mkl-bsr, mkl-csr-plain, mkl-bsr-plain, plain, or none alone",
                "--peers openblas,none|--peers: 'none' is unknown; accepted are openblas, mkl, mkl-csr, mkl-bsr, mkl-csr-plain, mkl-bsr-plain, plain, or none alone",
                "--matrix absent.smtx|--matrix absent.smtx: no such file; accepted are readable .smtx, .mtx and .npz files",
                "--matrix a.smtx --rows 5|--rows: 5 is given together with --matrix; accepted is one of the two",
                "--xyz red|--xyz: unknown option; accepted are those that 'rewire spmm --help' lists",
                "fast|'fast': unknown argument; accepted are those that 'rewire spmm --help' lists",
            })
    void isOneLine(String options, String line) {
        assertRefused(CommandRun.of(("spmm " + options).split(" ")), line);
    }

    @Test
    void namesTheFileTheLineAndTheReason(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.smtx");
        Files.writeString(file, "2, 4, 3\n0 2 3\n1 1 0\n");
        assertRefused(
                CommandRun.of("spmm", "--matrix", file.toString()),
                "--matrix " + file
                        + ", line 3: column index 1 (row 0): 1 is repeated; accepted are strictly increasing columns");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--rows 30000000 --cols 30000000 --block 1x1", "--rows 30000000 --cols 30000000 --block 64x64"})
    void refusesAPatternBeyondTheHeap(String options) {
        CommandRun run = CommandRun.of(("spmm --sparsity 0.5 " + options).split(" "));
        assertEquals(2, run.status(), run.err());
        assertTrue(run.err().startsWith("rewire spmm: --sparsity 0.5: "), run.err());
        assertEquals(1, run.errLines().size(), run.err());
    }

    @Test
    void refusesOperandsBeyondTheMemory() {
        CommandRun run = CommandRun.of("spmm", "--batch", "2000000000", "--rows", "100000", "--cols", "100000");
        assertEquals(2, run.status(), run.err());
        assertEquals(1, run.errLines().size(), run.err());
        assertTrue(run.err().startsWith("rewire spmm: --batch 2000000000: operands of "), run.err());
    }

    @Test
    void explainsItself() {
        CommandRun help = CommandRun.of("spmm", "--help");
        assertEquals(0, help.status());
        assertEquals("", help.err());
        for (String option :
                new String[] {"--matrix", "--pattern-seed", "--peers", "--seconds", "--json", "backward-weight"}) {
            assertTrue(help.out().contains(option), option);
        }
    }

    @Test
    void namesTheCommandsThereAre() {
        assertEquals(
                new CommandRun(
                        2, "", "rewire: no command; accepted are spmm, bench, step, probe" + System.lineSeparator()),
                CommandRun.of());
    }

    private static void assertRefused(CommandRun run, String line) {
        assertEquals(2, run.status(), run.err());
        assertEquals("", run.out());
        assertEquals("rewire spmm: " + line + System.lineSeparator(), run.err());
    }
}
