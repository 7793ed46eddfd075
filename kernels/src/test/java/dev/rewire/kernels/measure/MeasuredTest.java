package dev.rewire.kernels.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.internal.vector.ceiling.Widths;
import dev.rewire.kernels.measure.Measured.Fma;
import dev.rewire.kernels.measure.Measured.Read;
import dev.rewire.kernels.measure.Measured.Registers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasuredTest {
    private static final ReadSizes CACHES = new ReadSizes(32 << 10, 256 << 10, 0, 1);
    private static final long FREE = 256L << 20;

    private static final Measured TWO_THREADS = new Measured(
            null,
            2,
            3.004,
            true,
            true,
            List.of(new Fma(256, 118.222, 236.4), new Fma(512, 118.1, 236)),
            List.of(new Registers(256, 32), new Registers(512, 31)),
            512,
            List.of(new Read("L1", 16 << 10, 213.4, 426), new Read("memory", 128 << 20, 24.83, 26)),
            512,
            List.of("use it"));

    @Test
    void everyFigureIsThereAndPositive() {
        List<String> progress = new ArrayList<>();
        Measured measured = Measured.take(CACHES, FREE, 2, 0.3, progress::add);
        assertNull(measured.reason());
        assertEquals(
                Arrays.stream(Widths.all()).boxed().toList(),
                measured.fma().stream().map(Fma::bits).toList());
        for (Fma each : measured.fma()) {
            assertTrue(each.gflopsCore() > 0 && each.gflopsAll() > 0, each.toString());
        }
        assertEquals(
                List.of("L1", "L2", "memory"),
                measured.read().stream().map(Read::level).toList());
        for (Read each : measured.read()) {
            assertTrue(each.gbsCore() > 0 && each.gbsAll() > 0 && each.bytes() > 0, each.toString());
        }
        for (Registers each : measured.registers()) {
            assertTrue(each.registers() >= 12 && each.registers() <= 40, each.toString());
        }
        assertTrue(Arrays.stream(Widths.all()).anyMatch(bits -> bits == measured.fastestBits()));
        assertEquals(2 * measured.fma().size() + 3, progress.size(), progress.toString());
    }

    @Test
    void oneThreadIsAllThreads() {
        Measured measured = Measured.take(CACHES, FREE, 1, 0.1, step -> {});
        measured.fma().forEach(each -> assertEquals(each.gflopsCore(), each.gflopsAll()));
        measured.read().forEach(each -> assertEquals(each.gbsCore(), each.gbsAll()));
    }

    @Test
    void theMapHasTheKeysOfTheSchema() {
        assertEquals(
                "{threads=2, seconds=3.0, fused=true, compiled=true, fma=[{bits=256, gflops_core=118.22, gflops_all=236.4},"
                        + " {bits=512, gflops_core=118.1, gflops_all=236.0}], registers=[{bits=256, registers=32}, {bits=512,"
                        + " registers=31}], read_bits=512, read=[{level=L1, bytes=16384, gbs_core=213.4, gbs_all=426.0},"
                        + " {level=memory, bytes=134217728, gbs_core=24.83, gbs_all=26.0}], fastest_bits=512, verdicts=[use"
                        + " it]}",
                TWO_THREADS.toMap().toString());
    }

    @Test
    void theTableHasALineForEachFigureAndTheVerdicts() {
        assertEquals("""
                                                one thread       2 threads   registers
                multiply-add, 256 bits         118 GFLOP/s     236 GFLOP/s          32
                multiply-add, 512 bits         118 GFLOP/s     236 GFLOP/s          31
                read, L1, 16 KiB                  213 GB/s        426 GB/s
                read, memory, 128 MiB            24.8 GB/s       26.0 GB/s
                use it
                """, TWO_THREADS.toText());
    }

    @Test
    void whatWasNotMeasuredIsItsReason() {
        Measured none = Measured.unavailable(2, "no vectors");
        assertEquals(
                "{reason=no vectors, verdicts=[nothing was measured: no vectors]}",
                none.toMap().toString());
        assertEquals("nothing was measured: no vectors\n", none.toText());
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertEquals(
                "threads = 0: accepted is at least 1",
                assertThrows(IllegalArgumentException.class, () -> Measured.take(CACHES, FREE, 0, 3, step -> {}))
                        .getMessage());
        assertEquals(
                "seconds = NaN: accepted is at least 0.1",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Measured.take(CACHES, FREE, 1, Double.NaN, step -> {}))
                        .getMessage());
    }

    @Test
    void anInterruptedCallerIsToldAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(IllegalStateException.class, () -> Measured.take(CACHES, FREE, 2, 0.1, step -> {}));
        assertTrue(Thread.interrupted());
    }
}
