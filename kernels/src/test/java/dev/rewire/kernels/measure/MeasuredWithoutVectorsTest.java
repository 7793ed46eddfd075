package dev.rewire.kernels.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a JVM that was started without the Vector API's module. */
@Tag("no-vector")
class MeasuredWithoutVectorsTest {
    private static final String REASON =
            "module jdk.incubator.vector is missing; start the JVM with --add-modules jdk.incubator.vector";

    @Test
    void theReasonIsTheResult() {
        Map<String, Object> map = Measured.take(new ReadSizes(1 << 15, 0, 0, 1), 1L << 30, 2, 1, step -> {})
                .toMap();
        assertEquals(REASON, map.get("reason"));
    }

    @Test
    void aSingleRateIsRefusedWithTheReason() {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> MachineRates.fmaGflops(1, 0.1));
        assertEquals("this machine cannot be measured: " + REASON, refused.getMessage());
    }
}
