package dev.rewire.gpu.internal.binding;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One C function of a library. It is linked when it is first called: linking all at once takes half a second. */
public final class NativeFunction {
    private final NativeLibrary library;
    private final String name;
    private final List<String> symbols;
    private final String parameters;
    private final MemoryLayout result;
    private volatile @Nullable MethodHandle linked;

    /**
     * A function that need not exist.
     *
     * @param library that may have it
     * @param name in the header
     * @param symbols one or two: what the header maps the name to, what older libraries have
     * @param parameters a letter each: p for a pointer to host memory, i for 32 bits, j for 64 bits or a pointer that is not for us, b for a byte
     * @param result of the call
     */
    NativeFunction(NativeLibrary library, String name, List<String> symbols, String parameters, MemoryLayout result) {
        this.library = library;
        this.name = name;
        this.symbols = symbols;
        this.parameters = parameters;
        this.result = result;
    }

    /**
     * The name in the header, which is the method's name, too.
     *
     * @return the name without the suffix of a version
     */
    public String name() {
        return name;
    }

    /**
     * The names under which the function is looked for.
     *
     * @return what the header maps the name to, then what older libraries have
     */
    public List<String> symbols() {
        return symbols;
    }

    /**
     * The parameters.
     *
     * @return a letter each: p for a pointer to host memory, i for 32 bits, j for 64 bits or a pointer that is not for us, b for a byte
     */
    public String parameters() {
        return parameters;
    }

    /**
     * Why the library lacks it.
     *
     * @return the reason, or nothing where it is there
     */
    public Optional<String> whyAbsent() {
        try {
            address();
            return Optional.empty();
        } catch (UnavailableException e) {
            return Optional.of(e.reason());
        }
    }

    /**
     * The handle to call.
     *
     * @return takes exactly the parameters
     * @throws UnsupportedOperationException if the library lacks the function
     */
    MethodHandle handle() {
        MethodHandle handle = linked;
        return handle != null ? handle : link();
    }

    /** Linking twice, in two threads, does no harm. */
    private MethodHandle link() {
        MemoryLayout[] layouts =
                parameters.chars().mapToObj(NativeFunction::layout).toArray(MemoryLayout[]::new);
        try {
            MethodHandle handle = NativeLibrary.link(address(), FunctionDescriptor.of(result, layouts));
            linked = handle;
            return handle;
        } catch (UnavailableException e) {
            throw new UnsupportedOperationException(e.reason(), e);
        }
    }

    private MemorySegment address() throws UnavailableException {
        try {
            return library.address(symbols.getFirst());
        } catch (UnavailableException e) {
            if (symbols.size() == 1) {
                throw e;
            }
            return library.address(symbols.getLast());
        }
    }

    private static MemoryLayout layout(int letter) {
        return switch (letter) {
            case 'p' -> ValueLayout.ADDRESS;
            case 'i' -> ValueLayout.JAVA_INT;
            case 'j' -> ValueLayout.JAVA_LONG;
            case 'b' -> ValueLayout.JAVA_BYTE;
            default -> throw new IllegalArgumentException("no such parameter: " + (char) letter);
        };
    }
}
