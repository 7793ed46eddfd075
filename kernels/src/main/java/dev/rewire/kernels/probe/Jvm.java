package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.JvmFlags;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The JVM, and what it makes of the processor.
 *
 * @param version of Java
 * @param vendor who built it
 * @param vm name and version of the virtual machine
 * @param compiler what compiles hot code: vectors need {@link Compiler#C2}
 * @param compilerSource who says so
 * @param vectorApi whether module {@code jdk.incubator.vector} is there
 * @param vectorBitsPreferred bits of the vectors that it prefers, 64 where it has none; empty without that module
 * @param useAvx level of AVX that the JVM uses: 0 none, 1 AVX, 2 AVX2, 3 AVX-512; empty if unknown and on other architectures
 * @param useSve level of SVE that it uses: 0 none, 1 SVE, 2 SVE2; empty if unknown and on other architectures
 * @param useFma whether a fused multiply-add is one instruction; if not it takes hundreds of times as long
 * @param maxVectorSize bytes of the longest vector that C2 may use; empty if unknown
 * @param flags the flags of HotSpot that matter here, by name; empty if they are unknown
 * @param arguments flags that the JVM was given, those that begin with {@code -X}
 * @param flagsSource where flags and arguments come from, or why they are unknown
 */
public record Jvm(
        String version,
        String vendor,
        String vm,
        Compiler compiler,
        String compilerSource,
        Answer vectorApi,
        OptionalInt vectorBitsPreferred,
        OptionalInt useAvx,
        OptionalInt useSve,
        Answer useFma,
        OptionalInt maxVectorSize,
        Map<String, Flag> flags,
        List<String> arguments,
        String flagsSource) {
    /** What compiles hot code. */
    public enum Compiler {
        /** HotSpot's optimising compiler, the only one that the kernels were measured with. */
        C2,
        /** HotSpot's quick compiler alone: vectors are objects. */
        C1,
        /** Nothing. */
        INTERPRETER,
        /** Another, such as Graal's. */
        OTHER,
        /** This JVM does not tell. */
        UNKNOWN;

        /** As in texts: C2, C1, interpreter, other, unknown. */
        @Override
        public String toString() {
            return name().startsWith("C") ? name() : name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A flag.
     *
     * @param value as the JVM prints it
     * @param origin who set it: {@code DEFAULT}, {@code ERGONOMIC} for the JVM itself, {@code VM_CREATION} for the command line
     */
    public record Flag(String value, String origin) {
        /** Who set it, for people. */
        String setBy() {
            return switch (origin) {
                case "VM_CREATION" -> "given on the command line";
                case "ENVIRON_VAR" -> "given by a variable of the environment";
                case "CONFIG_FILE" -> "given in a file of flags";
                case "DEFAULT", "ERGONOMIC" -> "the JVM's own choice";
                default -> "set by " + origin;
            };
        }
    }

    private static final class Holder {
        private static final JvmFlags FLAGS = JvmFlags.read();
        private static final Jvm CURRENT = JvmReader.read(FLAGS);
    }

    /** Copies. */
    public Jvm {
        flags = Collections.unmodifiableMap(new LinkedHashMap<>(flags));
        arguments = List.copyOf(arguments);
    }

    /**
     * This JVM, asked at the first call: some 50 ms, a few where module {@code jdk.management} is absent. Asks no other part of Rewire.
     *
     * @return the JVM
     */
    public static Jvm current() {
        return Holder.CURRENT;
    }

    /** The same, as it was read; it also knows the machine's memory. */
    static JvmFlags currentFlags() {
        return Holder.FLAGS;
    }

    /** A flag with its value and who set it, for people: as {@code UseAVX=2, given on the command line}. */
    String flagText(String name) {
        Flag flag = flags.get(name);
        return flag == null ? name + " unknown" : name + "=" + flag.value() + ", " + flag.setBy();
    }
}
