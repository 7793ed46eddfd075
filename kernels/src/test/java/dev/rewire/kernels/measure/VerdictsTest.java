package dev.rewire.kernels.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.measure.Measured.Fma;
import dev.rewire.kernels.measure.Measured.Read;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    @Test
    void twoUnitsOf512BitsAndAWholeSecondCore() {
        Verdicts verdicts = verdicts(2, new Fma(256, 100, 200), new Fma(512, 190, 376));
        assertEquals(512, verdicts.fastestBits());
        assertEquals(
                List.of("use 512 bits: yes, 1.9×: two units of 512 bits", "second processor: a whole core, 1.98×"),
                verdicts.lines());
    }

    @Test
    void halvesOf512BitsAndAProcessorThatSharesACore() {
        Verdicts verdicts = verdicts(2, new Fma(256, 100, 105), new Fma(512, 99, 104));
        assertEquals(512, verdicts.fastestBits());
        assertEquals(
                List.of(
                        "use 512 bits: yes, 1.0×: as fast as 256 bits, in half the instructions",
                        "second processor: shares a core, 1.05×"),
                verdicts.lines());
    }

    @Test
    void aProcessorThatOthersUseIsNotSaidToShareACore() {
        assertEquals(
                List.of("second processor: busy with something else, 0.23×"),
                verdicts(2, new Fma(256, 100, 23)).lines());
    }

    @Test
    void slow512Bits() {
        Verdicts verdicts = verdicts(1, new Fma(256, 100, 100), new Fma(512, 80, 80));
        assertEquals(256, verdicts.fastestBits());
        assertEquals(List.of("use 512 bits: no, 0.8×: 256 bits are faster"), verdicts.lines());
    }

    @Test
    void manyThreadsAreCountedInCores() {
        assertEquals(
                List.of("8 threads: as much as 4.2 cores"),
                verdicts(8, new Fma(256, 100, 420)).lines());
    }

    @Test
    void memoryIsComparedByThreads() {
        Verdicts verdicts = new Verdicts(2, true, true, List.of(), List.of(new Read("memory", 1 << 28, 20, 25)));
        assertEquals(List.of("memory: one thread reads 20.0 GB/s, 2 threads 25.0 GB/s, 1.25×"), verdicts.lines());
    }

    @Test
    void aMissingFusedMultiplyAddIsSaid() {
        Verdicts verdicts = new Verdicts(1, false, true, List.of(new Fma(128, 30, 30)), List.of());
        assertEquals(
                List.of("fused multiply-add: not in this JVM; a multiplication and an addition were measured"),
                verdicts.lines());
    }

    @Test
    void figuresOfInterpretedCodeHaveNoVerdict() {
        Verdicts verdicts = new Verdicts(2, true, false, List.of(new Fma(128, 30, 30)), List.of());
        assertEquals(
                List.of("no verdict: C2 did not compile all loops in time, or this JVM has none; figures are too low"),
                verdicts.lines());
    }

    private static Verdicts verdicts(int threads, Fma... fma) {
        return new Verdicts(threads, true, true, List.of(fma), List.of());
    }
}
