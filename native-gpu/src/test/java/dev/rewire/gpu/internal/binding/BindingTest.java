package dev.rewire.gpu.internal.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.gpu.CxxCompiler;
import dev.rewire.gpu.GpuException;
import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures of calls, and functions that a library lacks. */
class BindingTest {
    @TempDir
    static Path folder;

    private static CudaDriver driver;

    /** An old driver: no allocator of streams, no second version of the timer. */
    @BeforeAll
    static void compile() throws Exception {
        Path library = CxxCompiler.library(folder, "libcuda.so.1", """
                extern "C" {
                int cuInit(unsigned flags) { return 0; }
                int cuEventElapsedTime(float* milliseconds, void* start, void* end) { return 600; }
                int cuGetErrorName(int status, const char** text) { *text = status == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : status == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : 0; return *text ? 0 : 1; }
                int cuGetErrorString(int status, const char** text) { *text = status == 2 ? "out of memory" : 0; return *text ? 0 : 1; }
                }
                """, List.of());
        driver = new CudaDriver(NativeLibrary.open(library.toString()));
    }

    @Test
    void aSuccessPasses() {
        driver.check(driver.cuInit(0), "cuInit", 0);
    }

    @Test
    void aFailureHasTheCallItsArgumentsAndTheLibrarysWords() {
        GpuException failure = assertThrows(GpuException.class, () -> driver.check(2, "cuMemAlloc", 4096L));
        assertEquals("cuMemAlloc(4096): CUDA_ERROR_OUT_OF_MEMORY (2), out of memory", failure.getMessage());
        assertEquals(2, failure.code());
        assertEquals("CUDA_ERROR_OUT_OF_MEMORY", failure.name());
        assertEquals("cuMemAlloc", failure.call());
        assertEquals(List.of(4096L), failure.arguments());
        assertFalse(failure.contextLost());
    }

    @Test
    void aStickyErrorSaysThatTheContextIsLost() {
        GpuException failure = driver.failure(700, "cuStreamSynchronize", "stream 7");
        assertTrue(failure.contextLost());
        assertEquals(
                "cuStreamSynchronize(stream 7): CUDA_ERROR_ILLEGAL_ADDRESS (700); the CUDA context is lost: only a new"
                        + " process can use the device again",
                failure.getMessage());
    }

    @Test
    void aStatusThatTheLibraryDoesNotKnowIsANumber() {
        assertEquals("CUresult 4711", driver.name(4711));
    }

    @Test
    void theTimerOfOlderDriversTakesThePlaceOfTheSecondVersion() {
        assertEquals(Optional.empty(), driver.whyAbsent("cuEventElapsedTime"));
        assertEquals(600, driver.cuEventElapsedTime(MemorySegment.NULL, 1, 2));
    }

    @Test
    void anOptionalFunctionIsAbsentWithAReasonAndNotMissing() {
        assertEquals(
                folder.resolve("libcuda.so.1") + " has no function cuMemAllocAsync",
                driver.whyAbsent("cuMemAllocAsync").orElseThrow());
        assertFalse(
                driver.missing().toString().contains("Async has no"),
                driver.missing().toString());
        assertFalse(driver.missing().toString().contains("cuMemAllocAsync"));
    }

    @Test
    void callingAFunctionThatIsAbsentSaysSo() {
        UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> driver.cuMemFreeAsync(1, 2));
        assertEquals(folder.resolve("libcuda.so.1") + " has no function cuMemFreeAsync", e.getMessage());
    }

    @Test
    void aLibraryThatNamesNoErrorsHasTheTable() throws Exception {
        CusparseLt none = new CusparseLt(NativeLibrary.open("libc.so.6"));
        assertEquals("CUSPARSE_STATUS_NOT_SUPPORTED", none.name(CusparseConstants.CUSPARSE_STATUS_NOT_SUPPORTED));
        assertEquals("cusparseStatus_t 12", none.name(12));
    }
}
