package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.system.CompilerDirectives;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps C1 away from generated tiles. A tile that C1 has compiled without a profile (level 2, when C2 is busy), and cannot compile with it (level 3, for a lack
 * of registers), stays as that is, and every vector an object (docs/architecture.md, "Generated tiles").
 */
final class C1Exclusion {
    private static final String TILES = RawMemory.class.getPackageName().replace('.', '/') + "/Generated*.*";

    /** Asked in the background: it takes as long as the JVM does to write the first tile. */
    private static final CompletableFuture<Optional<String>> ABSENCE = new CompletableFuture<>();

    static {
        Thread.ofPlatform().name("rewire-compiler-directives").daemon().start(C1Exclusion::ask);
    }

    private C1Exclusion() {}

    /** Begins, at the first call. */
    static void begin() {}

    /** Waits until it is done; why C1 compiles tiles all the same, empty if it does not. */
    static Optional<String> absence() {
        return ABSENCE.join();
    }

    /** Whatever is thrown, JMX of others' making included: who makes a tile waits for this. */
    private static void ask() {
        try {
            ABSENCE.complete(CompilerDirectives.excludeFromC1(TILES));
        } catch (Throwable e) {
            ABSENCE.complete(Optional.of(e.toString()));
        }
    }
}
