package dev.rewire.kernels.internal.system;

import java.util.Optional;

/** Directives to HotSpot's compilers, given to a JVM that runs. */
public final class CompilerDirectives {
    private static final String MANAGEMENT = "jdk.management";

    /** Without it HotSpot (25) names none of its commands to JMX but one. */
    private static final String FLIGHT_RECORDER = "jdk.jfr";

    private CompilerDirectives() {}

    /**
     * Keeps C1 away from methods: they are interpreted, and profiled, until C2 has compiled them.
     *
     * @param methods pattern of names, as {@code package/Class*.method}
     * @return why it could not be asked for; empty if it is so
     */
    public static Optional<String> excludeFromC1(String methods) {
        if (!present()) {
            return Optional.of(absent(MANAGEMENT));
        }
        if (ModuleLayer.boot().findModule(FLIGHT_RECORDER).isEmpty()) {
            return Optional.of(absent(FLIGHT_RECORDER));
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

    private static String absent(String module) {
        return "module " + module + " is not in this JVM";
    }

    static boolean present() {
        return ModuleLayer.boot()
                .findModule(MANAGEMENT)
                .filter(CompilerDirectives.class.getModule()::canRead)
                .isPresent();
    }
}
