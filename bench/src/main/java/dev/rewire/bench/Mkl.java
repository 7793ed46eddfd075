package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Intel MKL in this process, with 32-bit integers: its products and how many threads they run. Found once, see {@link MklSearch}.
 *
 * <p>Its library {@code libmkl_rt} opens others when the first product needs them, and ends the process when one is not there. So those
 * that it will ask for are looked for before.
 */
final class Mkl {
    private static final int SEQUENTIAL = 1;
    private static final int GNU = 3;
    private static final int INTERFACE_LP64 = 0;

    // struct MKLVersion: three ints, then addresses of texts.
    private static final int VERSION_INTS = 3;
    private static final int VERSION_BUILD = 3;
    private static final int VERSION_PROCESSOR = 4;
    private static final int VERSION_BYTES = 64;

    private static @Nullable Mkl loaded;
    private static @Nullable String refusal;

    private final Path path;
    private final NativeLibrary library;
    private final Cblas cblas;
    private final MklSparse sparse;
    private final MethodHandle setThreads;
    private final MethodHandle getThreads;

    /** The layer that was set, or 0: MKL takes the first it is given and keeps it. */
    private int layer;

    private Mkl(NativeLibrary library) throws UnavailableException {
        this.library = library;
        path = Path.of(library.fileOf("MKL_Get_Version"));
        cblas = new Cblas(library);
        sparse = new MklSparse(library);
        setThreads = library.function("MKL_Set_Num_Threads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        getThreads = library.function("MKL_Get_Max_Threads", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /**
     * The MKL of this process, loaded at the first call.
     *
     * @param threads that a product uses, the calling one included
     * @throws UnavailableException with the reason why there is none, or none with that many threads
     */
    static synchronized Mkl load(int threads) throws UnavailableException {
        if (refusal != null) {
            throw new UnavailableException(refusal);
        }
        Mkl mkl = loaded;
        if (mkl == null) {
            try {
                mkl = MklSearch.load();
            } catch (UnavailableException e) {
                refusal = e.reason();
                throw e;
            }
            loaded = mkl;
        }
        mkl.setThreads(threads);
        return mkl;
    }

    static Mkl of(NativeLibrary library) throws UnavailableException {
        return new Mkl(library);
    }

    /** Its dense product, on as many threads as were set last. */
    Cblas cblas() {
        return cblas;
    }

    /** Its sparse products, on as many threads as were set last. */
    MklSparse sparse() {
        return sparse;
    }

    /** Where it was found, and what it says about itself. */
    Environment.Library describe() throws UnavailableException {
        MethodHandle getVersion = library.function("MKL_Get_Version", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(VERSION_BYTES, ValueLayout.ADDRESS.byteAlignment());
            getVersion.invokeExact(version);
            StringBuilder number = new StringBuilder();
            for (int i = 0; i < VERSION_INTS; i++) {
                number.append(i == 0 ? "" : ".").append(version.getAtIndex(ValueLayout.JAVA_INT, i));
            }
            return new Environment.Library(
                    number.toString(),
                    "MKL " + number + ", build " + text(version, VERSION_BUILD) + ", "
                            + (layer == SEQUENTIAL ? "sequential" : "GNU OpenMP"),
                    text(version, VERSION_PROCESSOR),
                    path.toString());
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static String text(MemorySegment version, int index) {
        return NativeLibrary.text(version.getAtIndex(ValueLayout.ADDRESS, index))
                .strip();
    }

    private void setThreads(int threads) throws UnavailableException {
        if (layer == 0) {
            int chosen = chooseLayer(threads);
            call("MKL_Set_Interface_Layer", INTERFACE_LP64);
            call("MKL_Set_Threading_Layer", chosen);
            layer = chosen;
            if (chosen == GNU) {
                // Otherwise it may take fewer threads than it was told.
                MethodHandle setDynamic =
                        library.function("MKL_Set_Dynamic", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
                try {
                    setDynamic.invokeExact(0);
                } catch (Throwable e) {
                    throw NativeLibrary.unexpected(e);
                }
            }
        }
        int actual;
        try {
            setThreads.invokeExact(threads);
            actual = (int) getThreads.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
        if (actual != threads) {
            throw new UnavailableException("it runs " + actual + " threads where " + threads + " were asked for"
                    + (layer == SEQUENTIAL ? ", since it was loaded for one" : ""));
        }
    }

    /**
     * Sequential for one thread if it is there, which it is not in the bytedeco jar; otherwise GNU OpenMP, which runs one thread on the
     * calling one.
     */
    private int chooseLayer(int threads) throws UnavailableException {
        for (String always : new String[] {"core", "intel_lp64"}) {
            if (!isThere(always)) {
                throw new UnavailableException("no libmkl_" + always + " beside " + path);
            }
        }
        if (threads == 1 && isThere("sequential")) {
            return SEQUENTIAL;
        }
        if (!isThere("gnu_thread")) {
            throw new UnavailableException("no libmkl_gnu_thread beside " + path);
        }
        try {
            NativeLibrary.open("libgomp.so.1");
        } catch (UnavailableException e) {
            throw new UnavailableException("it needs GNU OpenMP (libgomp.so.1, Debian's libgomp1): " + e.reason());
        }
        return GNU;
    }

    /** Whether libmkl_rt will find one of its libraries: beside itself, under its own version, which a link to it may lack. */
    private boolean isThere(String name) {
        Path file;
        try {
            file = path.toRealPath();
        } catch (IOException e) {
            file = path;
        }
        return Files.exists(
                file.resolveSibling(String.valueOf(file.getFileName()).replace("mkl_rt", "mkl_" + name)));
    }

    private void call(String function, int argument) throws UnavailableException {
        MethodHandle handle =
                library.function(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        int actual;
        try {
            actual = (int) handle.invokeExact(argument);
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
        if (actual != argument) {
            throw new UnavailableException(
                    function + ": " + argument + " was asked for, and " + actual + " was set before");
        }
    }
}
