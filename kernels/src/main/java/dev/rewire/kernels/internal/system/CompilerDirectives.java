package dev.rewire.kernels.internal.system;

import java.util.Optional;

/** Directives to HotSpot's compilers, given to a JVM that runs. */
public final class CompilerDirectives {
    private static final String MANAGEMENT = "jdk.management";

    /** Without it HotSpot (25) names none of its commands to JMX but one. */
    private static final String FLIGHT_RECORDER = "jdk.jfr";

    private CompilerDirectives() {}

    /**
     * Gives directives.
     *
     * @param directives in the form of HotSpot's files of directives, the one first that is looked at first
     * @param count how many
     * @return why they could not be given; empty if they are
     */
    public static Optional<String> add(String directives, int count) {
        if (!present()) {
            return Optional.of(absent(MANAGEMENT));
        }
        if (ModuleLayer.boot().findModule(FLIGHT_RECORDER).isEmpty()) {
            return Optional.of(absent(FLIGHT_RECORDER));
        }
        try {
            String answer = Management.addCompilerDirectives(directives);
            return answer.contains(count + " compiler directives added")
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
