package dev.rewire.gpu;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The tests tagged {@code gpu} do not run by default; that they did not is said here. */
class GpuTestsApartTest {
    @Test
    void testsTaggedGpuAreSkippedHere() {
        GpuCapabilities capabilities = GpuCapabilities.current();
        Assumptions.abort(
                "tests tagged gpu: 0 run; -Dtest=RealDeviceTest -Dtests.excluded=none runs them. This machine: "
                        + (capabilities.available()
                                ? capabilities.devices().getFirst().name()
                                : String.join("; ", capabilities.reasons())));
    }
}
