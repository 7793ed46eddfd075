package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rewire.bench.Doubt;
import dev.rewire.bench.Product;
import dev.rewire.bench.SparseInput;
import dev.rewire.bench.SpmmBenchmark;
import dev.rewire.bench.SpmmProgress;
import dev.rewire.bench.SpmmReport;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FreshJvmTest {
    private static final List<String> ARGUMENTS = List.of(
            ("--rows 64 --cols 64 --sparsity 0.5 --block 4x4 --batch 16 --seconds 0.05 --peers plain").split(" "));
    private static SpmmReport first;

    @BeforeAll
    static void measure() {
        SpmmSettings settings = new SpmmSettings(
                Product.FORWARD, 16, Device.CPU, Layout.ROW_MAJOR, ValueType.F32, 1, 0.05, 1, List.of("plain"));
        first = SpmmBenchmark.run(settings, SparseInput.generated(64, 64, 4, 4, 0.5, 1), SpmmProgress.NONE);
    }

    @Test
    void theOtherMeasurementIsShown() {
        SpmmReport again = FreshJvm.measure(ARGUMENTS, first, "on purpose");
        assertEquals(new Doubt(first.gflops(), "on purpose", null), again.doubt());
        assertNotEquals(first.times(), again.times());
        assertNotEquals(first.peers().get("plain"), again.peers().get("plain"));
        assertTrue(again.times().bestMs() > 0 && again.correct());
        JsonNode json = SpmmJson.node(again);
        assertTrue(json.get("suspect").booleanValue());
        assertEquals(again.gflops(), json.get("gflops").doubleValue(), 1e-3 * again.gflops());
        assertEquals("on purpose", json.get("suspect_reason").textValue());
        assertTrue(SpmmTable.of(again).contains("suspect: the first measurement was not believed (on purpose)"));
    }

    @Test
    void theFirstIsShownWhereTheOtherFails() {
        SpmmReport again = FreshJvm.measure(List.of("--batch", "-3"), first, "on purpose");
        assertEquals(first.times(), again.times());
        Doubt doubt = again.doubt();
        assertNotNull(doubt);
        assertNotNull(doubt.failure());
        assertTrue(doubt.failure().startsWith("exit status 2: rewire spmm: --batch: -3"), doubt.failure());
        assertTrue(SpmmTable.of(again).contains("could not be repeated: exit status 2"), SpmmTable.of(again));
    }

    @Test
    void whatIsBelievedHasNoDoubt() {
        assertNull(first.doubt());
        assertTrue(!SpmmJson.node(first).get("suspect").booleanValue());
    }
}
