package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.gpu.StubDevice.Failure;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that is there and cannot be used: the reason is told, by the report and by whoever opens a context. */
class UnusableStubTest {
    @BeforeEach
    @AfterEach
    void reset() {
        StubDevice.reset();
    }

    @Test
    void aWorkingStubIsAvailable() {
        GpuCapabilities capabilities = StubDevice.installation().capabilities();
        assertEquals(List.of(), capabilities.reasons());
        assertEquals("Rewire's stub device", capabilities.devices().getFirst().name());
        assertEquals("0.8.1", capabilities.cusparselt().version());
    }

    @Test
    void noDevice() {
        assertUnavailable(
                Failure.NO_DEVICE, "CUDA driver: cuInit(0): CUDA_ERROR_NO_DEVICE (100), no device is detected");
    }

    @Test
    void aStubOfTheToolkit() {
        assertUnavailable(
                Failure.STUB_LIBRARY, "CUDA driver: cuInit(0): CUDA_ERROR_STUB_LIBRARY (34), the library is a stub");
    }

    @Test
    void aDriverThatDiffersFromItsKernelModule() {
        assertUnavailable(
                Failure.DRIVER_MISMATCH,
                "CUDA driver: cuInit(0): CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803), driver and library differ in version");
    }

    @Test
    void anOldDevice() {
        assertUnavailable(
                Failure.OLD_DEVICE,
                "device 0: Rewire's stub device has compute capability 7.5, and 2:4 products need 8.0 or later");
    }

    @Test
    void anOldDriver() {
        StubDevice.version(9, 0);
        assertUnavailable(
                Failure.OLD_DRIVER,
                "cuSPARSELt: cuSPARSELt 0.9.0 is built for CUDA 13, and the driver speaks CUDA 12.4: it needs driver 580"
                        + " or later (-Drewire.cusparselt=" + StubDevice.file("stub_cusparselt") + ")");
    }

    @Test
    void anOldLibrary() {
        StubDevice.version(7, 1);
        GpuUnavailableException e = assertThrows(GpuUnavailableException.class, StubDevice::open);
        assertTrue(e.getMessage().startsWith("cuSPARSELt: cuSPARSELt 0.7.1 is not one of 0.8 to 0.10"), e.getMessage());
    }

    @Test
    void aDeviceThatIsNotThere() {
        GpuUnavailableException e =
                assertThrows(GpuUnavailableException.class, () -> GpuContext.open(StubDevice.installation(), 1));
        assertEquals("device: 1 is none with sparse tensor cores; accepted are [0]", e.getMessage());
    }

    private static void assertUnavailable(Failure failure, String reason) {
        StubDevice.fail(failure);
        GpuCapabilities capabilities = StubDevice.installation().capabilities();
        assertEquals(List.of(reason), capabilities.reasons());
        assertEquals(
                reason,
                assertThrows(GpuUnavailableException.class, StubDevice::open).getMessage());
    }
}
