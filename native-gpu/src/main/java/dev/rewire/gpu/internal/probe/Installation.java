package dev.rewire.gpu.internal.probe;

import static dev.rewire.gpu.GpuCapabilities.AVAILABLE;
import static dev.rewire.gpu.GpuCapabilities.UNAVAILABLE;

import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuLibrary;
import dev.rewire.gpu.internal.binding.CublasLt;
import dev.rewire.gpu.internal.binding.CudaDriver;
import dev.rewire.gpu.internal.binding.CusparseLt;
import dev.rewire.gpu.internal.library.SearchRoots;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a machine has, and the libraries that were opened to find out.
 *
 * @param capabilities the report
 * @param driver the driver's functions after a good {@code cuInit}, null where the report says why not
 * @param cusparseLt cuSPARSELt's functions, null where the report says why not
 * @param cublasLt cuBLASLt's functions, null where the report says why not
 */
public record Installation(
        GpuCapabilities capabilities,
        @Nullable CudaDriver driver,
        @Nullable CusparseLt cusparseLt,
        @Nullable CublasLt cublasLt) {
    /** Opened once: a library stays loaded anyway. */
    private static final class OfMachine {
        static final Installation CURRENT = probe(SearchRoots.ofMachine());

        private OfMachine() {}
    }

    /**
     * This machine's, found out when first asked for and kept.
     *
     * @return what it has
     */
    public static Installation current() {
        return OfMachine.CURRENT;
    }

    /**
     * Looks at a machine.
     *
     * @param roots the machine
     * @return what it has
     */
    public static Installation probe(SearchRoots roots) {
        DriverProbe driver = DriverProbe.of(roots);
        LibraryProbe<CusparseLt> sparse = LibraryProbe.ofCusparseLt(roots, driver.version());
        LibraryProbe<CublasLt> dense = driver.reasons().isEmpty()
                ? LibraryProbe.ofCublasLt(roots)
                : LibraryProbe.skipped("not looked for, as there is no device to run it on");

        GpuLibrary cusparselt = sparse.report();
        List<String> reasons = new ArrayList<>(driver.reasons());
        if (cusparselt.reason() != null) {
            reasons.add("cuSPARSELt: " + cusparselt.reason());
        }
        GpuCapabilities capabilities = new GpuCapabilities(
                reasons.isEmpty() ? AVAILABLE : UNAVAILABLE,
                reasons,
                driver.text(),
                driver.devices(),
                cusparselt,
                dense.report());
        return new Installation(capabilities, driver.driver(), sparse.functions(), dense.functions());
    }
}
