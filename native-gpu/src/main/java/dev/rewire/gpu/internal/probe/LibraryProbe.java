package dev.rewire.gpu.internal.probe;

import static dev.rewire.gpu.GpuCapabilities.AVAILABLE;
import static dev.rewire.gpu.GpuCapabilities.UNAVAILABLE;

import dev.rewire.gpu.GpuLibrary;
import dev.rewire.gpu.internal.binding.Binding;
import dev.rewire.gpu.internal.binding.CublasLt;
import dev.rewire.gpu.internal.binding.CusparseLt;
import dev.rewire.gpu.internal.binding.CusparseLtVersion;
import dev.rewire.gpu.internal.library.LibrarySearch;
import dev.rewire.gpu.internal.library.NvidiaLibrary;
import dev.rewire.gpu.internal.library.SearchRoots;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A search for one of the libraries that run on the GPU. What it saw last it reports even where that copy was refused.
 *
 * @param <T> the library's functions
 */
final class LibraryProbe<T extends Binding> {
    private @Nullable T functions;
    private @Nullable String version;
    private @Nullable String path;
    private @Nullable String reason;

    private LibraryProbe() {}

    /**
     * Looks for cuSPARSELt. Its start on a device is not tried: that makes a context.
     *
     * @param roots the machine
     * @param cuda the version that the driver speaks, 0 where there is none
     */
    static LibraryProbe<CusparseLt> ofCusparseLt(SearchRoots roots, int cuda) {
        LibraryProbe<CusparseLt> probe = new LibraryProbe<>();
        boolean any = Boolean.parseBoolean(roots.property(CusparseLtVersion.ANY_VERSION));
        probe.search(NvidiaLibrary.CUSPARSELT, roots, library -> {
            CusparseLt found = new CusparseLt(library);
            probe.path = found.file();
            probe.version = null;
            CusparseLtVersion number = CusparseLtVersion.of(found);
            probe.version = number.toString();
            number.check(any);
            DriverProbe.complete(found);
            if (cuda != 0 && cuda < DriverProbe.CUDA_13 && isForCuda13(number, found.file())) {
                throw new UnavailableException("cuSPARSELt " + number + " is built for CUDA 13, and the driver speaks "
                        + DriverProbe.cuda(cuda) + ": it needs driver 580 or later");
            }
            return found;
        });
        return probe;
    }

    /**
     * Looks for cuBLASLt, which takes a while to load.
     *
     * @param roots the machine
     */
    static LibraryProbe<CublasLt> ofCublasLt(SearchRoots roots) {
        LibraryProbe<CublasLt> probe = new LibraryProbe<>();
        probe.search(NvidiaLibrary.CUBLASLT, roots, library -> {
            CublasLt found = new CublasLt(library);
            probe.path = found.file();
            probe.version = null;
            DriverProbe.complete(found);
            long number = found.cublasLtGetVersion();
            probe.version = number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
            return found;
        });
        return probe;
    }

    /** A search that was not made. */
    static <T extends Binding> LibraryProbe<T> skipped(String reason) {
        LibraryProbe<T> probe = new LibraryProbe<>();
        probe.reason = reason;
        return probe;
    }

    @Nullable
    T functions() {
        return functions;
    }

    GpuLibrary report() {
        return new GpuLibrary(reason == null ? AVAILABLE : UNAVAILABLE, version, path, reason);
    }

    private void search(NvidiaLibrary sought, SearchRoots roots, LibrarySearch.Acceptance<T> acceptance) {
        try {
            functions = LibrarySearch.find(sought, roots, acceptance);
        } catch (UnavailableException e) {
            reason = e.reason();
        }
    }

    /** Since 0.9 every build is; before, the folder or pip's notes beside it tell. What neither tells is found out when it starts. */
    private static boolean isForCuda13(CusparseLtVersion version, String file) {
        if (version.needsCuda13() || file.contains("/libcusparseLt/13/")) {
            return true;
        }
        Path packages = Path.of(file).resolve("../../../..").normalize();
        if (!Files.isDirectory(packages)) {
            return false;
        }
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(packages, "nvidia_cusparselt_cu13-*.dist-info")) {
            return notes.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }
}
