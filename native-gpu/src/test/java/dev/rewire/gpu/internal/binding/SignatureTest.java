package dev.rewire.gpu.internal.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.rewire.gpu.CxxCompiler;
import dev.rewire.gpu.NvidiaFiles;
import dev.rewire.gpu.internal.library.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Our methods beside the real headers. A library is compiled that has each bound function with exactly the type that the header declares, as
 * the compiler takes it from there; it notes what it is called with and computes nothing. Each method is called with arguments that differ in
 * all their bytes, and has to arrive with as many, of the same kinds, in the same order.
 */
@SuppressWarnings("restricted") // reads the library's note
class SignatureTest {
    /** The note: which function, how many arguments, a letter for the kind of each, their values. */
    private static final MemoryLayout NOTE = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("function"),
            ValueLayout.JAVA_INT.withName("count"),
            MemoryLayout.sequenceLayout(24, ValueLayout.JAVA_BYTE).withName("kinds"),
            MemoryLayout.sequenceLayout(24, ValueLayout.JAVA_LONG).withName("values"));

    private static final String ECHO = """
            #include <cstdint>
            #include <type_traits>

            extern "C" {
            struct Note { int function, count; char kinds[24]; long long values[24]; };
            static Note note;
            const Note* rewire_note() { return &note; }
            }

            template <typename T> void take(T value) {
                note.kinds[note.count] =
                        std::is_pointer_v<T> ? 'p' : sizeof(T) == 8 ? 'j' : sizeof(T) == 4 ? 'i' : sizeof(T) == 1 ? 'b' : '?';
                note.values[note.count++] = (long long) value;
            }

            template <int N, typename F> struct Echo;
            template <int N, typename R, typename... A> struct Echo<N, R(A...)> {
                static R call(A... arguments) {
                    note = {};
                    note.function = N;
                    (take(arguments), ...);
                    if constexpr (std::is_pointer_v<R>) return "echo"; else return (R) NOT_SUPPORTED;
                }
            };

            // NAME is what the header's macros make of a name. The loader asks the first function where the second one is.
            #define ECHO(N, NAME) \\
                extern "C" void* find_##N() { return (void*) &Echo<N, decltype(NAME)>::call; } \\
                extern "C" decltype(NAME) NAME __attribute__((ifunc("find_" #N)));
            """;

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> driver() throws Exception {
        return signatures(
                CudaDriver::new,
                CudaDriver.class,
                "cuda.h",
                "CUDA_ERROR_NOT_SUPPORTED",
                801,
                List.of(NvidiaFiles.toolkitHeaders()));
    }

    @TestFactory
    Stream<DynamicTest> cusparseLt() throws Exception {
        return signatures(
                CusparseLt::new,
                CusparseLt.class,
                "cusparseLt.h",
                "CUSPARSE_STATUS_NOT_SUPPORTED",
                10,
                headers(NvidiaFiles.CUSPARSELT));
    }

    @TestFactory
    Stream<DynamicTest> newestCusparseLt() throws Exception {
        return signatures(
                CusparseLt::new,
                CusparseLt.class,
                "cusparseLt.h",
                "CUSPARSE_STATUS_NOT_SUPPORTED",
                10,
                headers(NvidiaFiles.CUSPARSELT_NEWEST));
    }

    @TestFactory
    Stream<DynamicTest> cublasLt() throws Exception {
        return signatures(
                CublasLt::new,
                CublasLt.class,
                "cublasLt.h",
                "CUBLAS_STATUS_NOT_SUPPORTED",
                15,
                List.of(NvidiaFiles.CUBLAS.headers(), NvidiaFiles.toolkitHeaders()));
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void everyFunctionOfCusparseLtIsBound(NvidiaFiles files) throws Exception {
        String header = Files.readString(files.headers().resolve("cusparseLt.h"));
        Matcher declaration = Pattern.compile("\\b(cusparseLt[A-Z]\\w+)\\s*\\(").matcher(header);
        TreeSet<String> declared = new TreeSet<>();
        while (declaration.find()) {
            declared.add(declaration.group(1));
        }
        assertEquals(declared, methods(CusparseLt.class, "cusparseLt").collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everyMethodNamedAsAFunctionIsInTheListOfItsBinding() throws Exception {
        NativeLibrary any = NativeLibrary.open("libc.so.6");
        for (Binding binding : List.of(new CudaDriver(any), new CusparseLt(any), new CublasLt(any))) {
            assertEquals(
                    methods(binding.getClass(), "cu").sorted().toList(),
                    binding.functions().stream()
                            .map(NativeFunction::name)
                            .sorted()
                            .toList());
        }
    }

    private static Stream<String> methods(Class<?> binding, String prefix) {
        return Arrays.stream(binding.getDeclaredMethods()).map(Method::getName).filter(name -> name.startsWith(prefix));
    }

    private static List<Path> headers(NvidiaFiles cusparselt) throws Exception {
        List<Path> headers = new ArrayList<>(List.of(cusparselt.headers()));
        headers.addAll(NvidiaFiles.cudaHeaders());
        return headers;
    }

    private Stream<DynamicTest> signatures(
            Function<NativeLibrary, Binding> binding,
            Class<?> type,
            String header,
            String notSupported,
            int answer,
            List<Path> headers)
            throws Exception {
        List<String> names = methods(type, "cu").sorted().toList();
        String functions = IntStream.range(0, names.size())
                .mapToObj(k -> "ECHO(" + k + ", " + names.get(k) + ")\n")
                .collect(Collectors.joining());
        String source = "#include <" + header + ">\n#define NOT_SUPPORTED " + notSupported + "\n" + ECHO + functions;
        NativeLibrary library = NativeLibrary.open(
                CxxCompiler.library(folder, "libecho.so", source, headers).toString());
        Binding echo = binding.apply(library);
        return echo.functions().stream()
                .map(function -> dynamicTest(function.name(), () -> arrives(echo, function, library, names, answer)));
    }

    private static void arrives(
            Binding echo, NativeFunction function, NativeLibrary library, List<String> names, int answer)
            throws Throwable {
        Method method = Arrays.stream(echo.getClass().getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(function.name()))
                .findFirst()
                .orElseThrow();
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = IntStream.range(0, types.length)
                .mapToObj(k -> argument(types[k], k))
                .toArray();
        Object returned = invoke(echo, method, arguments);

        MemorySegment address =
                (MemorySegment) library.function("rewire_note", FunctionDescriptor.of(ValueLayout.ADDRESS))
                        .invokeExact();
        MemorySegment note = address.reinterpret(NOTE.byteSize());
        assertEquals(function.name(), names.get(note.get(ValueLayout.JAVA_INT, 0)));
        assertEquals(arguments.length, note.get(ValueLayout.JAVA_INT, 4), "arguments");
        for (int k = 0; k < arguments.length; k++) {
            char kind = (char) note.get(ValueLayout.JAVA_BYTE, NOTE.byteOffset(PathElement.groupElement("kinds")) + k);
            long value = note.get(ValueLayout.JAVA_LONG, NOTE.byteOffset(PathElement.groupElement("values")) + 8L * k);
            char ours = function.parameters().charAt(k);
            // What is the device's or opaque is 64 bits to us, pointer or not; nothing else may be mistaken for another
            // kind.
            assertEquals(kind == 'p' && ours == 'j' ? 'j' : kind, ours, "kind of argument " + k);
            assertEquals(
                    number(arguments[k]),
                    kind == 'i' ? (int) value : kind == 'b' ? (byte) value : value,
                    "argument " + k);
        }
        assertEquals(returned instanceof String ? "echo" : String.valueOf(answer), String.valueOf(returned));
    }

    private static Object invoke(Binding echo, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(echo, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object argument(Class<?> type, int position) {
        long value = 0x0102_0304_0506_0708L + position * 0x1010_1010_1010_1010L / 2;
        return type == int.class
                ? (Object) (int) value
                : type == byte.class
                        ? (Object) (byte) value
                        : type == long.class ? (Object) value : MemorySegment.ofAddress(value);
    }

    private static long number(Object argument) {
        return argument instanceof MemorySegment segment ? segment.address() : ((Number) argument).longValue();
    }
}
