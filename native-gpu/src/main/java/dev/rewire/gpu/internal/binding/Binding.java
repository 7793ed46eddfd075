package dev.rewire.gpu.internal.binding;

import dev.rewire.gpu.GpuException;
import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The functions of one library that we call, and what their status codes mean. */
public abstract sealed class Binding permits CublasLt, CudaDriver, CusparseLt {
    private final NativeLibrary library;
    private final List<NativeFunction> functions = new ArrayList<>();
    private final List<NativeFunction> optional = new ArrayList<>();

    Binding(NativeLibrary library) {
        this.library = library;
    }

    /** A function that returns a status. */
    final NativeFunction status(String name, String parameters) {
        return function(name, parameters, ValueLayout.JAVA_INT, name);
    }

    /** A function that returns a status and that the library has under the name that the header maps it to. */
    final NativeFunction status(String name, String parameters, String symbol) {
        return function(name, parameters, ValueLayout.JAVA_INT, symbol);
    }

    /** A function that returns no status. */
    final NativeFunction function(String name, String parameters, MemoryLayout result, String... symbols) {
        NativeFunction function = new NativeFunction(library, name, List.of(symbols), parameters, result);
        functions.add(function);
        return function;
    }

    /** Marks a function that some libraries lack; its callers ask {@link #whyAbsent} first. */
    final NativeFunction optional(NativeFunction function) {
        optional.add(function);
        return function;
    }

    /**
     * What is bound.
     *
     * @return every function, in the order of the class
     */
    public final List<NativeFunction> functions() {
        return Collections.unmodifiableList(functions);
    }

    /**
     * What the library lacks of the functions that have to be there.
     *
     * @return a reason each, none if it is complete
     */
    public final List<String> missing() {
        return functions.stream()
                .filter(function -> !optional.contains(function))
                .flatMap(function -> function.whyAbsent().stream())
                .toList();
    }

    /**
     * Why the library lacks a function.
     *
     * @param name the function's, in the header
     * @return the reason, or nothing where the function is there
     */
    public final Optional<String> whyAbsent(String name) {
        for (NativeFunction function : functions) {
            if (function.name().equals(name)) {
                return function.whyAbsent();
            }
        }
        throw new IllegalArgumentException("not bound: " + name);
    }

    /**
     * The file that the library was loaded from.
     *
     * @return its path, or the name that it was opened by where the loader does not tell
     */
    public final String file() {
        return library.fileOf(functions.getFirst().symbols().getFirst(), library.name());
    }

    /**
     * Lets a success pass.
     *
     * @param status that a call returned
     * @param call the function's name
     * @param arguments of the call, as far as they help
     * @throws GpuException if the status is a failure
     */
    public final void check(int status, String call, Object... arguments) {
        if (status != 0) {
            throw failure(status, call, arguments);
        }
    }

    /**
     * What a failed call is reported as.
     *
     * @param status that the call returned
     * @param call the function's name
     * @param arguments of the call, as far as they help
     * @return the exception to throw
     */
    public final GpuException failure(int status, String call, Object... arguments) {
        return new GpuException(
                status, name(status), text(status), call, Arrays.asList(arguments), losesContext(status));
    }

    /**
     * The header's name of a status.
     *
     * @param status a code
     * @return such as CUDA_ERROR_OUT_OF_MEMORY
     */
    public abstract String name(int status);

    /**
     * The library's words about a status.
     *
     * @param status a code
     * @return a few words, empty where the library has none
     */
    public abstract String text(int status);

    /** Whether no call on the context can succeed after this status. */
    boolean losesContext(int status) {
        return false;
    }
}
