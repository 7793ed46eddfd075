package dev.rewire.gpu.internal.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.gpu.NvidiaFiles;
import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real libraries as far as they answer without a GPU. */
class RealLibraryTest {
    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void cusparseLtHasEveryFunction(NvidiaFiles files) throws Exception {
        assertEquals(List.of(), cusparseLt(files).missing());
    }

    @Test
    void aFunctionThatTheLibraryLacksIsReportedWithItsName() throws Exception {
        Path path = NvidiaFiles.CUSPARSELT.library();
        NativeFunction invented = new NativeFunction(
                NativeLibrary.open(path.toString()), "f", List.of("cusparseLtInvented"), "p", ValueLayout.JAVA_INT);
        assertEquals(
                path + " has no function cusparseLtInvented",
                invented.whyAbsent().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void cusparseLtTellsTheVersionOfItsHeader(NvidiaFiles files) throws Exception {
        String header = Files.readString(files.headers().resolve("cusparseLt.h"));
        CusparseLtVersion version = CusparseLtVersion.of(cusparseLt(files));
        assertEquals(
                number(header, "CUSPARSELT_VER_MAJOR") + "." + number(header, "CUSPARSELT_VER_MINOR") + "."
                        + number(header, "CUSPARSELT_VER_PATCH"),
                version.toString());
    }

    @Test
    void theVersionThatTheBindingsAreWrittenFromIsAccepted() throws Exception {
        CusparseLtVersion version = CusparseLtVersion.of(cusparseLt(NvidiaFiles.CUSPARSELT));
        version.check(false);
        assertEquals("0.8.1", version.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void cusparseLtNamesItsErrorsAsTheTableDoes(NvidiaFiles files) throws Exception {
        CusparseLt library = cusparseLt(files);
        for (int status = 0; status < CusparseConstants.STATUS_NAMES.size(); status++) {
            assertEquals(CusparseConstants.STATUS_NAMES.get(status), library.name(status));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void aPropertyThatThereIsNotIsAnInvalidValue(NvidiaFiles files) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    CusparseConstants.CUSPARSE_STATUS_INVALID_VALUE,
                    cusparseLt(files).cusparseLtGetProperty(3, arena.allocate(ValueLayout.JAVA_INT)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void aHandleThatWasNotInitialisedIsAnInvalidValue(NvidiaFiles files) throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    CusparseConstants.CUSPARSE_STATUS_INVALID_VALUE,
                    cusparseLt(files).cusparseLtGetVersion(struct(arena), arena.allocate(ValueLayout.JAVA_INT)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void withoutADriverInitSaysNotInitialised(NvidiaFiles files) throws Exception {
        assumeNoDriver();
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    CusparseConstants.CUSPARSE_STATUS_NOT_INITIALIZED,
                    cusparseLt(files).cusparseLtInit(struct(arena)));
        }
    }

    @Test
    void cublasLtHasEveryFunction() throws Exception {
        assertEquals(List.of(), cublasLt().missing());
    }

    @Test
    void cublasLtTellsTheVersionOfItsHeader() throws Exception {
        String header = Files.readString(NvidiaFiles.CUBLAS.headers().resolve("cublas_api.h"));
        long version = number(header, "CUBLAS_VER_MAJOR") * 10_000
                + number(header, "CUBLAS_VER_MINOR") * 100
                + number(header, "CUBLAS_VER_PATCH");
        assertEquals(version, cublasLt().cublasLtGetVersion());
    }

    @Test
    void cublasLtNamesItsErrors() throws Exception {
        assertEquals("CUBLAS_STATUS_NOT_SUPPORTED", cublasLt().name(CublasConstants.CUBLAS_STATUS_NOT_SUPPORTED));
    }

    @Test
    void withoutADriverCublasLtMakesNoHandle() throws Exception {
        assumeNoDriver();
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    CublasConstants.CUBLAS_STATUS_NOT_INITIALIZED,
                    cublasLt().cublasLtCreate(arena.allocate(ValueLayout.JAVA_LONG)));
        }
    }

    @Test
    void descriptorsOfCublasLtNeedNoDevice() throws Exception {
        CublasLt library = cublasLt();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment layout = arena.allocate(ValueLayout.JAVA_LONG);
            assertEquals(0, library.cublasLtMatrixLayoutCreate(layout, CudaConstants.CUDA_R_16F, 64, 32, 64));
            long handle = layout.get(ValueLayout.JAVA_LONG, 0);
            MemorySegment order = arena.allocateFrom(ValueLayout.JAVA_INT, CublasConstants.CUBLASLT_ORDER_ROW);
            int attribute = CublasConstants.CUBLASLT_MATRIX_LAYOUT_ORDER;
            assertEquals(0, library.cublasLtMatrixLayoutSetAttribute(handle, attribute, order, 4));
            assertEquals(0, library.cublasLtMatrixLayoutDestroy(handle));
        }
    }

    private static CusparseLt cusparseLt(NvidiaFiles files) throws Exception {
        return new CusparseLt(NativeLibrary.open(files.library().toString()));
    }

    private static CublasLt cublasLt() throws Exception {
        return new CublasLt(NativeLibrary.open(NvidiaFiles.CUBLAS.library().toString()));
    }

    private static MemorySegment struct(Arena arena) {
        return arena.allocate(CusparseConstants.STRUCT_BYTES, CusparseConstants.STRUCT_ALIGNMENT);
    }

    private static void assumeNoDriver() {
        try {
            NativeLibrary.open("libcuda.so.1");
            assumeTrue(false, "this machine has a CUDA driver");
        } catch (UnavailableException e) {
            assertTrue(e.reason().contains("libcuda.so.1"), e.reason());
        }
    }

    private static long number(String header, String macro) {
        Matcher definition =
                Pattern.compile("#define\\s+" + macro + "\\s+(\\d+)").matcher(header);
        assertTrue(definition.find(), macro);
        return Long.parseLong(definition.group(1));
    }
}
