package dev.rewire.gpu.internal.library;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A shared library, opened with the system's own {@code dlopen}: where {@link SymbolLookup#libraryLookup} only says that it failed, this
 * says why. Libraries stay loaded.
 */
@SuppressWarnings("restricted") // the reason for this class: it calls what is native
public final class NativeLibrary {
    /** Resolve everything now; so does every system. */
    private static final int RTLD_NOW = 2;

    private final String name;
    private final MemorySegment handle;
    private final MethodHandle dlsym;

    private NativeLibrary(String name, MemorySegment handle, MethodHandle dlsym) {
        this.name = name;
        this.handle = handle;
        this.dlsym = dlsym;
    }

    /**
     * Opens a library.
     *
     * @param name a path, or a name that the system's search path resolves
     * @return the library
     * @throws UnavailableException with the loader's own words, or because the file would end or hold up this process
     */
    public static NativeLibrary open(String name) throws UnavailableException {
        LibraryFile.check(name);
        FunctionDescriptor open = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        FunctionDescriptor find = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        MethodHandle dlopen = ofSystem("dlopen", open);
        // Looked up before the failure that it tells of: a look-up would clear it.
        MethodHandle dlerror = ofSystem("dlerror", FunctionDescriptor.of(ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(name), RTLD_NOW);
            if (handle.equals(MemorySegment.NULL)) {
                String error = text((MemorySegment) dlerror.invokeExact());
                throw new UnavailableException(error.isEmpty() ? name + " cannot be loaded" : error);
            }
            return new NativeLibrary(name, handle, ofSystem("dlsym", find));
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * What the library was opened by.
     *
     * @return a path, or a name that the system's search path resolved
     */
    public String name() {
        return name;
    }

    /**
     * A function of the library.
     *
     * @param symbol its name
     * @param descriptor its parameters and result
     * @return a handle of it
     * @throws UnavailableException if there is none of that name
     */
    public MethodHandle function(String symbol, FunctionDescriptor descriptor) throws UnavailableException {
        return link(address(symbol), descriptor);
    }

    /**
     * A function at an address.
     *
     * @param address from {@link #address}
     * @param descriptor the function's parameters and result
     * @return a handle of it
     */
    public static MethodHandle link(MemorySegment address, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    /**
     * The file that a function of the library lies in: the library's own path where it was opened by its name.
     *
     * @param symbol the function's name
     * @return the path
     * @throws UnavailableException if there is no such function
     */
    public String fileOf(String symbol) throws UnavailableException {
        return fileOf(address(symbol));
    }

    /**
     * The file that a function of the library lies in.
     *
     * @param symbol the function's name
     * @param otherwise what to return if there is no such function, or the loader does not tell
     * @return the path
     */
    public String fileOf(String symbol, String otherwise) {
        try {
            String file = fileOf(symbol);
            return file.isEmpty() ? otherwise : file;
        } catch (UnavailableException e) {
            return otherwise;
        }
    }

    /**
     * Where a function of the library lies.
     *
     * @param symbol its name
     * @return its address, never NULL
     * @throws UnavailableException if there is none of that name
     */
    public MemorySegment address(String symbol) throws UnavailableException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = (MemorySegment) dlsym.invokeExact(handle, arena.allocateFrom(symbol));
            if (address.equals(MemorySegment.NULL)) {
                throw new UnavailableException(name + " has no function " + symbol);
            }
            return address;
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The file that holds an address, as the loader knows it; empty if it does not. */
    private static String fileOf(MemorySegment address) throws UnavailableException {
        FunctionDescriptor descriptor =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        MethodHandle dladdr = ofSystem("dladdr", descriptor);
        try (Arena arena = Arena.ofConfined()) {
            // Four addresses: file, its base, symbol, the symbol's address.
            MemorySegment info = arena.allocate(ValueLayout.ADDRESS, 4);
            int found = (int) dladdr.invokeExact(address, info);
            return found == 0 ? "" : text(info.get(ValueLayout.ADDRESS, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sets a variable of the environment that libraries loaded later see, unless the user has set it.
     *
     * @param variable its name
     * @param value its value
     * @throws UnavailableException if the system refuses
     */
    public static void setEnvironment(String variable, String value) throws UnavailableException {
        FunctionDescriptor descriptor = FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        MethodHandle setenv = ofSystem("setenv", descriptor);
        try (Arena arena = Arena.ofConfined()) {
            int status = (int) setenv.invokeExact(arena.allocateFrom(variable), arena.allocateFrom(value), 0);
            if (status != 0) {
                throw new UnavailableException("the environment variable " + variable + " cannot be set");
            }
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * The text at an address that a function has returned.
     *
     * @param address of characters that end in a zero, or NULL
     * @return the text, empty for NULL
     */
    public static String text(MemorySegment address) {
        return address.equals(MemorySegment.NULL)
                ? ""
                : address.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /**
     * Native functions throw nothing, so what comes out of a call is a defect of the call.
     *
     * @param thrown by a method handle
     * @return what to throw; an error is thrown at once
     */
    public static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
    }

    private static MethodHandle ofSystem(String symbol, FunctionDescriptor descriptor) throws UnavailableException {
        MemorySegment address = Linker.nativeLinker()
                .defaultLookup()
                .find(symbol)
                .orElseThrow(() -> new UnavailableException("this system has no " + symbol));
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }
}
