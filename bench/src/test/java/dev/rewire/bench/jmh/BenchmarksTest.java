package dev.rewire.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.OpenBlasBackend;
import dev.rewire.bench.Product;
import dev.rewire.kernels.BlockPattern;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark's set-up agrees and every method runs: on small shapes, in this JVM, once. */
class BenchmarksTest {
    @BeforeAll
    static void besideOtherRuns() {
        // JMH refuses to run twice on a machine; nothing is timed here.
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void everyProductRunsInEveryLayoutWithEveryBlock() throws RunnerException {
        Collection<RunResult> results = run(small(Products.class)
                .param("shape", "70x100")
                .param("block", "1x1", "4x1", "4x4", "8x8", "16x16", "32x32")
                .param("batch", "1", "70"));

        assertEquals(3 * 3 * 6 * 2, results.size());
    }

    @Test
    void everyProductOfNmRuns() throws RunnerException {
        Collection<RunResult> results = run(small(NmProducts.class)
                .param("shape", "72x100")
                .param("batch", "1", "70")
                .param("nm", "2:4", "1:2"));

        assertEquals(3 * 3 * 2 * 2 * 3, results.size());
    }

    @Test
    void theSameAfterOtherShapesAndWithTwoThreads() throws RunnerException {
        Collection<RunResult> results = run(small(PollutedProducts.class)
                .param("shape", "70x100")
                .param("block", "16x16")
                .param("batch", "64")
                .param("threads", "2")
                .param("pollutionMillis", "0")
                .param("product", "FORWARD"));

        assertEquals(3, results.size());
    }

    @Test
    void everyOtherBenchmarkRuns() throws RunnerException {
        Set<String> ran = new TreeSet<>();
        for (Class<?> benchmark : Set.of(PanelCopies.class, Planning.class, Conversions.class)) {
            run(small(benchmark).param("shape", "700x100").param("batch", "8").param("features", "30"))
                    .forEach(result -> ran.add(name(result.getParams().getBenchmark())));
        }
        run(small(Pruning.class).param("shape", "72x100"))
                .forEach(result -> ran.add(name(result.getParams().getBenchmark())));
        run(small(FileReading.class).param("shape", "70x100"))
                .forEach(result -> ran.add(name(result.getParams().getBenchmark())));

        Set<String> others = BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .map(BenchmarksTest::name)
                .filter(name -> !name.contains("Products."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(others, ran);
    }

    @Test
    void openBlasRunsOrSaysWhyNot() throws RunnerException {
        if (new OpenBlasBackend().unavailable().isPresent()) {
            DenseProducts dense = new DenseProducts();
            dense.product = Product.FORWARD;
            SkippedException skipped = assertThrows(SkippedException.class, dense::prepare);
            assertTrue(String.valueOf(skipped.getMessage()).startsWith("skipped, no OpenBLAS: "));
        } else {
            assertEquals(
                    3,
                    run(small(DenseProducts.class).param("shape", "70x100").param("batch", "8"))
                            .size());
        }
    }

    @Test
    void aKernelThatDisagreesIsNotTimed() {
        IllegalStateException refusal = assertThrows(
                IllegalStateException.class,
                () -> Agreement.equal(
                        "sum", 2, 2, (row, col) -> row == 1 && col == 1 ? Double.NaN : 0, (row, col) -> 0));
        assertEquals("sum: element (1, 1) is NaN and should be 0.0", refusal.getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> Agreement.equalSomeRows(
                        "last row", 9, 1, 2, (row, col) -> row, (row, col) -> row == 8 ? 0 : row));
    }

    @Test
    void aRewiringKeepsTheNumberOfBlocks() {
        BlockPattern pattern = Inputs.pattern(new Size(70, 100), new Size(4, 4), 0.8, new SplittableRandom(1));
        BlockPattern moved = Inputs.moved(pattern, 0.3, new SplittableRandom(2));

        assertEquals(pattern.blocks(), moved.blocks());
        assertFalse(pattern.equals(moved));
    }

    @Test
    void aSizeHasTwoSides() {
        assertEquals(new Size(3072, 768), Size.parse("3072x768"));
        assertThrows(IllegalArgumentException.class, () -> Size.parse("3072"));
    }

    private static String name(String benchmark) {
        return benchmark.substring(BenchmarksTest.class.getPackageName().length() + 1);
    }

    private static ChainedOptionsBuilder small(Class<?> benchmark) {
        return new OptionsBuilder()
                .include(Pattern.quote(benchmark.getName() + "."))
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
    }

    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        return new Runner(options.build()).run();
    }
}
