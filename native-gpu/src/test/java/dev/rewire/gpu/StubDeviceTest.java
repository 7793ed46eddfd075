package dev.rewire.gpu;

import static dev.rewire.gpu.StubDevice.assertNothingLives;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class StubDeviceTest extends DeviceContract {
    @Override
    GpuContext openDevice() {
        StubDevice.reset();
        return StubDevice.open();
    }

    @Override
    Duration soak() {
        return Duration.ofMillis(300);
    }

    @Override
    @AfterEach
    void close() {
        super.close();
        assertNothingLives("after the test");
    }
}
