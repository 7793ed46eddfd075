package dev.rewire.gpu;

import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class RealDeviceTest extends DeviceContract {
    @Override
    GpuContext openDevice() {
        GpuCapabilities capabilities = GpuCapabilities.current();
        Assumptions.assumeTrue(capabilities.available(), String.join("; ", capabilities.reasons()));
        return GpuContext.open(0);
    }

    @Override
    Duration soak() {
        return Duration.ofSeconds(5);
    }
}
