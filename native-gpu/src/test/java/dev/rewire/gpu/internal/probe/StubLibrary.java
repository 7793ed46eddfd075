package dev.rewire.gpu.internal.probe;

import dev.rewire.gpu.CxxCompiler;
import dev.rewire.gpu.internal.binding.Binding;
import dev.rewire.gpu.internal.binding.CusparseLt;
import dev.rewire.gpu.internal.binding.NativeFunction;
import dev.rewire.gpu.internal.library.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Libraries that have the names of NVIDIA's functions and answer what a test wants to be answered. */
final class StubLibrary {
    private StubLibrary() {}

    /** cuSPARSELt of a version. */
    static Path cusparseLt(Path folder, int major, int minor, int patch) throws Exception {
        return compile(folder, "libcusparseLt.so.0", version(major, minor, patch), CusparseLt::new);
    }

    /** What cuSPARSELt tells its version with. */
    static String version(int major, int minor, int patch) {
        return "int cusparseLtGetProperty(int property, int* value) {"
                + " static int version[] = {%d, %d, %d}; *value = version[property]; return 0; }%n"
                        .formatted(major, minor, patch);
    }

    /** Any library: some functions as given, all others of a binding succeed without doing anything. */
    static Path compile(Path folder, String name, String given, Function<NativeLibrary, ? extends Binding> functions)
            throws Exception {
        return compile(folder, name, given + others(functions, given));
    }

    static Path compile(Path folder, String name, String source) throws IOException, InterruptedException {
        return CxxCompiler.library(folder, name, "extern \"C\" {\n" + source + "}\n", List.of());
    }

    private static String others(Function<NativeLibrary, ? extends Binding> functions, String given) throws Exception {
        StringBuilder others = new StringBuilder();
        // A binding looks nothing up before it is asked to.
        for (NativeFunction function :
                functions.apply(NativeLibrary.open("libc.so.6")).functions()) {
            String symbol = function.symbols().getFirst();
            if (!given.contains(" " + symbol + "(")) {
                others.append("int ").append(symbol).append("() { return 0; }\n");
            }
        }
        return others.toString();
    }
}
