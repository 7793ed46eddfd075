package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.system.CompilerDirectives;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of HotSpot's compilers. C1 is kept away from generated tiles: one that C1 has compiled without a profile (level 2, when C2 is busy), and cannot compile with it (level 3, for a lack
 * of registers), stays as that is, and every vector an object. C2 inlines no long loop into another, but the small methods of the loops that are written by hand, wherever they are called: of a call that was rare in
 * the first runs, as of whole panels after many single samples, it would make one, and an object of each vector that goes there, for as long as the process runs (docs/architecture.md, "Generated tiles").
 */
final class CompilerRequests {
    private static final String PACKAGE = RawMemory.class.getPackageName().replace('.', '/');
    private static final String TILES = PACKAGE + "/Generated*.*";

    /** Of which others are parts when they are compiled. */
    private static final String ROOTS = "dev/rewire/*.*";

    /** What takes or returns a vector. {@code InlinedHelpersTest} looks for others. */
    static final List<String> HELPERS = List.of(
            "add",
            "array",
            "at",
            "broadcast",
            "clamped",
            "doubles",
            "exact",
            "expOfNegative",
            "floats",
            "flushed",
            "four",
            "fourOutputs",
            "half",
            "inputs",
            "inside",
            "ints",
            "kept",
            "largest",
            "load",
            "logistic",
            "normal",
            "normalize",
            "passed",
            "power",
            "store",
            "sum",
            "tail",
            "twoOutputs");

    /** Long loops, each to be compiled by itself: where several become one method, C2 stops inlining before its end, and vectors are objects there. */
    private static final List<String> LOOPS = List.of(
            "addFirst",
            "addUp",
            "exp",
            "exponentials",
            "gelu",
            "geluPower",
            "geluTanh",
            "geluTanhPower",
            "normals",
            "scaleFrom",
            "silu");

    /** Asked in the background: it takes as long as the JVM does to write the first tile. */
    private static final CompletableFuture<Optional<String>> ABSENCE = new CompletableFuture<>();

    static {
        Thread.ofPlatform().name("rewire-compiler-directives").daemon().start(CompilerRequests::ask);
    }

    private CompilerRequests() {}

    /** Begins, at the first call. */
    static void begin() {}

    /** Waits until it is done; why C1 compiles tiles all the same, empty if it does not. */
    static Optional<String> absence() {
        return ABSENCE.join();
    }

    /** The first that matches a method counts. */
    private static String directives() {
        String inlined =
                Stream.concat(methods("+", HELPERS), methods("-", LOOPS)).collect(Collectors.joining(", "));
        return "[{match: [\"" + TILES + "\"], c1: {Exclude: true}}, {match: [\"" + ROOTS + "\"], c2: {inline: ["
                + inlined + "]}}]";
    }

    private static Stream<String> methods(String sign, List<String> names) {
        return names.stream().map(name -> "\"" + sign + PACKAGE + "/*." + name + "\"");
    }

    /** Whatever is thrown, JMX of others' making included: who makes a tile waits for this. */
    private static void ask() {
        try {
            ABSENCE.complete(CompilerDirectives.add(directives(), 2));
        } catch (Throwable e) {
            ABSENCE.complete(Optional.of(e.toString()));
        }
    }
}
