package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** OpenBLAS in this process: its dense product and how many threads it runs. Found once, see {@link OpenBlasSearch}. */
final class OpenBlas {
    private static final Pattern VERSION = Pattern.compile("OpenBLAS (\\S+)");

    private static @Nullable OpenBlas loaded;
    private static @Nullable String refusal;

    private final String path;
    private final String config;
    private final String core;
    private final Cblas cblas;
    private final MethodHandle setThreads;
    private final MethodHandle getThreads;

    private OpenBlas(NativeLibrary library, String path) throws UnavailableException {
        this.path = path;
        FunctionDescriptor text = FunctionDescriptor.of(ValueLayout.ADDRESS);
        config = call(library.function("openblas_get_config", text));
        core = call(library.function("openblas_get_corename", text));
        if (config.contains("USE64BITINT")) {
            throw new UnavailableException(path + " takes 64-bit integers (" + config + "); accepted are 32-bit ones");
        }
        setThreads = library.function("openblas_set_num_threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        getThreads = library.function("openblas_get_num_threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
        cblas = new Cblas(library);
    }

    /**
     * The OpenBLAS of this process, loaded at the first call.
     *
     * @throws UnavailableException with the reason why there is none; the same at each call
     */
    static synchronized OpenBlas load() throws UnavailableException {
        if (refusal != null) {
            throw new UnavailableException(refusal);
        }
        OpenBlas blas = loaded;
        if (blas == null) {
            try {
                blas = OpenBlasSearch.load();
            } catch (UnavailableException e) {
                refusal = e.reason();
                throw e;
            }
            loaded = blas;
        }
        return blas;
    }

    static OpenBlas of(NativeLibrary library, String path) throws UnavailableException {
        return new OpenBlas(library, path);
    }

    /** Where the library was found. */
    String path() {
        return path;
    }

    /** What the library says about its build: version, options, most threads. */
    String config() {
        return config;
    }

    /** The processor whose kernels it runs. */
    String core() {
        return core;
    }

    /** All of it. */
    Environment.Library describe() {
        return new Environment.Library(version(), config, core, path);
    }

    String version() {
        Matcher version = VERSION.matcher(config);
        return version.find() ? version.group(1) : "unknown";
    }

    /**
     * Sets how many threads a product uses, the calling one included.
     *
     * @throws UnavailableException if it cannot use that many
     */
    void setThreads(int threads) throws UnavailableException {
        int actual;
        try {
            setThreads.invokeExact(threads);
            actual = (int) getThreads.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
        if (actual != threads) {
            throw new UnavailableException("it runs " + actual + " threads where " + threads + " were asked for");
        }
    }

    /** Its dense product, on as many threads as were set last. */
    Cblas cblas() {
        return cblas;
    }

    private static String call(MethodHandle function) {
        try {
            return NativeLibrary.text((MemorySegment) function.invokeExact()).strip();
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }
}
