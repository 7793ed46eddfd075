package dev.rewire.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.Doubt;
import dev.rewire.bench.Environment;
import dev.rewire.bench.Expectation;
import dev.rewire.bench.Product;
import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.Times;
import dev.rewire.bench.WarmUp;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.Provider;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rates are not believed; they are made up. */
class SuspectTest {
    private static final double CEILING = 200;
    private static final Environment VECTOR = environment("vector");
    private static final Set<Double> SPARSITIES = new TreeSet<>(List.of(0.0, 0.5, 0.9));

    private static Environment environment(String kernels) {
        return new Environment("", "", "", "", 1, List.of(), Map.of(), new Provider(kernels, 256, "made up"), Map.of());
    }

    private static Measured measured(Structure structure, int batch, double gflops, Environment environment) {
        SpmmSettings settings =
                new SpmmSettings(Product.FORWARD, batch, Device.CPU, Layout.PANELS, ValueType.F32, 1, 1, 1, List.of());
        Point point = new Point(Section.SPARSITY, 1024, 1024, structure, settings);
        SparseInput input = point.input();
        double ms = 2.0 * input.pattern().storedElements() * batch / gflops / 1e6;
        Times times = new Times(9, ms, ms, ms, ms, WarmUp.NONE);
        return new Measured(
                point,
                new SpmmReport(
                        settings,
                        input.pattern(),
                        input.nm(),
                        1,
                        "plan",
                        times,
                        Map.of(),
                        1,
                        0,
                        null,
                        null,
                        environment));
    }

    private static Measured blocks(int side, double sparsity, int batch, double gflops) {
        return measured(new Structure.Blocks(side, side, sparsity), batch, gflops, VECTOR);
    }

    private static List<String> farBelow(List<Measured> all) {
        Neighbours neighbours = new Neighbours(all);
        return all.stream()
                .filter(each -> neighbours.farAbove(each).isPresent())
                .map(each -> each.point().structure().label())
                .toList();
    }

    @Test
    void aPointBelowAFifthOfTheNextSparsity() {
        assertEquals(
                List.of("16x16, 50 %"),
                farBelow(List.of(blocks(16, 0, 256, 100), blocks(16, 0.5, 256, 19.9), blocks(16, 0.9, 256, 90))));
    }

    @Test
    void allPointsOfABlockBelowAFifthOfTheNextBlock() {
        List<Measured> all = new ArrayList<>();
        SPARSITIES.forEach(sparsity -> {
            all.add(blocks(16, sparsity, 256, 100));
            all.add(blocks(32, sparsity, 256, 3));
        });
        assertEquals(List.of("32x32, 0 %", "32x32, 50 %", "32x32, 90 %"), farBelow(all));
    }

    @Test
    void notOneThatOnlyDistantPointsAreFarAbove() {
        assertEquals(
                List.of(),
                farBelow(List.of(
                        blocks(1, 0, 256, 100),
                        blocks(1, 0.5, 256, 25),
                        blocks(1, 0.9, 256, 6),
                        blocks(4, 0.9, 256, 25))));
    }

    @Test
    void notOneOfAnotherBatch() {
        assertEquals(List.of(), farBelow(List.of(blocks(16, 0.9, 1, 5), blocks(16, 0.9, 8, 50))));
    }

    @Test
    void anNmPatternFarBelowAnother() {
        assertEquals(
                List.of("1:4"),
                farBelow(List.of(
                        measured(new Structure.Nm(2, 4, 1), 512, 50, VECTOR),
                        measured(new Structure.Nm(1, 4, 1), 512, 5, VECTOR))));
    }

    @Test
    void theSecondMeasurementTakesThePlaceOfTheFirst() {
        List<Measured> believed = Suite.believed(
                List.of(blocks(16, 0.5, 256, 10), blocks(16, 0.9, 256, 90)),
                () -> CEILING,
                (point, first, reason) -> first.again(
                        new Times(1, 1, 1, 1, 1, WarmUp.NONE),
                        Map.of(),
                        1,
                        0,
                        new Doubt(first.gflops(), reason, null)));
        assertEquals(1, believed.get(0).report().times().bestMs());
        Doubt doubt = believed.get(0).report().doubt();
        assertTrue(doubt != null && doubt.reason().equals("10.0 GFLOP/s, where 16x16, 90 % reaches 90.0"), "" + doubt);
        assertEquals(null, believed.get(1).report().doubt());
    }

    @ParameterizedTest
    @CsvSource({
        "16, 0.9, 256, 100",
        "1, 0.9, 256, 25",
        "1, 0.98, 256, 10",
        "16, 0.9, 1, 3",
        "1, 0.9, 1, 0.5",
        "4, 0.9, 8, 10"
    })
    void soundRatesMeetTheExpectation(int side, double sparsity, int batch, double gflops) {
        SpmmReport report = blocks(side, sparsity, batch, gflops).report();
        assertEquals(Optional.empty(), Expectation.missed(report, () -> CEILING));
    }

    @ParameterizedTest
    @CsvSource({"32, 0, 256, 3.7", "32, 0.98, 256, 2", "1, 0.9, 256, 0.7", "16, 0.9, 64, 1"})
    void ratesOfTilesThatStayedObjectsMissIt(int side, double sparsity, int batch, double gflops) {
        SpmmReport report = blocks(side, sparsity, batch, gflops).report();
        assertTrue(Expectation.missed(report, () -> CEILING).isPresent());
    }

    @Test
    void scalarKernelsAreNotExpectedToBeFast() {
        SpmmReport report = measured(new Structure.Blocks(32, 32, 0), 256, 1, environment("scalar"))
                .report();
        assertEquals(Optional.empty(), Expectation.missed(report, () -> CEILING));
    }
}
