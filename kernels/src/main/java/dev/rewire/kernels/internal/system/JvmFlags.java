package dev.rewire.kernels.internal.system;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The flags of HotSpot that matter to vector code.
 *
 * @param flags by name, those that this JVM has
 * @param arguments that the JVM was given, those that begin with {@code -X}: others may hold anything
 * @param physicalMemory bytes of the machine, as the JVM counts them
 * @param absence why there are none; empty if there are
 */
public record JvmFlags(
        Map<String, Flag> flags, List<String> arguments, OptionalLong physicalMemory, Optional<String> absence) {
    static final List<String> NAMES = List.of(
            "UseAVX",
            "UseSSE",
            "UseSVE",
            "UseFMA",
            "MaxVectorSize",
            "UseSuperWord",
            "UseCompiler",
            "TieredCompilation",
            "TieredStopAtLevel",
            "UseJVMCICompiler",
            "ActiveProcessorCount",
            "UseLargePages",
            "UseTransparentHugePages",
            "MaxHeapSize");

    private static final String MODULE = "jdk.management";

    /**
     * A flag.
     *
     * @param value as the JVM prints it
     * @param origin who set it, e.g. {@code DEFAULT}, {@code VM_CREATION} for the command line, {@code ERGONOMIC} for the JVM itself
     */
    public record Flag(String value, String origin) {}

    /** Copies; keeps the order. */
    public JvmFlags {
        flags = Collections.unmodifiableMap(new LinkedHashMap<>(flags));
        arguments = List.copyOf(arguments);
    }

    /**
     * Those of this JVM.
     *
     * @return the flags, or why they are unknown
     */
    public static JvmFlags read() {
        return CompilerDirectives.present() ? Management.read() : none("module " + MODULE + " is not in this JVM");
    }

    static JvmFlags none(String absence) {
        return new JvmFlags(Map.of(), List.of(), OptionalLong.empty(), Optional.of(absence));
    }

    /**
     * A flag.
     *
     * @param name as after {@code -XX:}
     * @return its value and origin, empty if this JVM has none of this name, or does not tell
     */
    public Optional<Flag> flag(String name) {
        return Optional.ofNullable(flags.get(name));
    }

    /**
     * A flag that is on or off.
     *
     * @param name as after {@code -XX:}
     * @return whether it is on
     */
    public Optional<Boolean> isOn(String name) {
        return flag(name).map(flag -> Boolean.valueOf(flag.value()));
    }

    /**
     * A flag that is a number.
     *
     * @param name as after {@code -XX:}
     * @return the number
     */
    public OptionalInt number(String name) {
        try {
            return flag(name)
                    .map(flag -> OptionalInt.of(Integer.parseInt(flag.value())))
                    .orElse(OptionalInt.empty());
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
