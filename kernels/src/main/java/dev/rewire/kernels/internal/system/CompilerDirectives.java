package dev.rewire.kernels.internal.system;

import java.util.Optional;

/** Directives to HotSpot's compilers, given to a JVM that runs. */
public final class CompilerDirectives {
    private static final String MODULE = "jdk.management";

    private CompilerDirectives() {}

    /**
     * Keeps C1 away from methods: they are interpreted, and profiled, until C2 has compiled them.
     *
     * @param methods pattern of names, as {@code package/Class*.method}
     * @return why it could not be asked for; empty if it is so
     */
    public static Optional<String> excludeFromC1(String methods) {
        if (!present()) {
            return Optional.of("module " + MODULE + " is not in this JVM");
        }
        String directives = "[{match: [\"" + methods + "\"], c1: {Exclude: true}}]";
        try {
            String answer = Management.addCompilerDirectives(directives);
            return answer.contains("1 compiler directives added")
                    ? Optional.empty()
                    : Optional.of("the JVM says: " + answer.strip());
        } catch (Exception e) {
            // Another JVM, a read-only temporary folder, a management agent that allows nothing.
            return Optional.of(e.toString());
        }
    }

    static boolean present() {
        return ModuleLayer.boot()
                .findModule(MODULE)
                .filter(CompilerDirectives.class.getModule()::canRead)
                .isPresent();
    }
}
