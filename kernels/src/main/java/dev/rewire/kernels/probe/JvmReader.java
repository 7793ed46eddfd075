package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.FmaTrial;
import dev.rewire.kernels.internal.system.JvmFlags;
import dev.rewire.kernels.internal.system.Requirements;
import dev.rewire.kernels.internal.vector.VectorFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Asks the JVM: its flags where module {@code jdk.management} is there, otherwise its properties and a trial. */
final class JvmReader {
    /** What compiles, and who says so. */
    private record Compiling(Jvm.Compiler compiler, String source) {}

    private final JvmFlags flags;

    private JvmReader(JvmFlags flags) {
        this.flags = flags;
    }

    static Jvm read(JvmFlags flags) {
        JvmReader reader = new JvmReader(flags);
        Compiling compiling = reader.compiling();
        Answer vectorApi = vectorApi();
        Map<String, Jvm.Flag> copies = new LinkedHashMap<>();
        flags.flags().forEach((name, flag) -> copies.put(name, new Jvm.Flag(flag.value(), flag.origin())));
        return new Jvm(
                property("java.version"),
                property("java.vendor"),
                property("java.vm.name") + " " + property("java.vm.version"),
                compiling.compiler,
                compiling.source,
                vectorApi,
                vectorApi.isYes() ? OptionalInt.of(VectorFacts.preferredBits()) : OptionalInt.empty(),
                flags.number("UseAVX"),
                flags.number("UseSVE"),
                reader.useFma(),
                flags.number("MaxVectorSize"),
                copies,
                flags.arguments(),
                flags.absence().orElse("HotSpotDiagnosticMXBean"));
    }

    private static Answer vectorApi() {
        String missing = Requirements.missingVectorModule();
        return missing == null ? Answer.of(true, "module jdk.incubator.vector") : Answer.of(false, missing);
    }

    private Answer useFma() {
        return flags.isOn("UseFMA")
                .map(on -> Answer.of(on, "flag UseFMA=" + on))
                .orElseGet(() -> Answer.of(FmaTrial.isFast(), "a trial of Math.fma"));
    }

    private Compiling compiling() {
        String vm = property("java.vm.name");
        String info = property("java.vm.info");
        String said = "java.vm.info=" + info.split(",", 2)[0];
        if (vm.contains("Substrate")
                || vm.contains("OpenJ9")
                || flags.isOn("UseJVMCICompiler").orElse(false)) {
            return new Compiling(Jvm.Compiler.OTHER, vm);
        }
        if (info.startsWith("interpreted mode")) {
            return new Compiling(Jvm.Compiler.INTERPRETER, said);
        }
        // The JVM's words for TieredStopAtLevel=1 and CompilationMode=quick-only.
        if (info.contains("emulated-client") || vm.contains("Client VM")) {
            return new Compiling(Jvm.Compiler.C1, "java.vm.info=" + info);
        }
        if (flags.flags().isEmpty()) {
            // "Mixed mode" is also said under -XX:-UseCompiler and TieredStopAtLevel=3.
            return new Compiling(Jvm.Compiler.UNKNOWN, said + " does not tell");
        }
        return ofFlags();
    }

    private Compiling ofFlags() {
        int level = flags.number("TieredStopAtLevel").orElse(4);
        boolean tiered = flags.isOn("TieredCompilation").orElse(false);
        if (!flags.isOn("UseCompiler").orElse(true)) {
            return new Compiling(Jvm.Compiler.INTERPRETER, "flag UseCompiler=false");
        }
        if (tiered && level < 4) {
            return new Compiling(
                    level == 0 ? Jvm.Compiler.INTERPRETER : Jvm.Compiler.C1, "flag TieredStopAtLevel=" + level);
        }
        // A flag of C2's: a JVM built without C2 has none.
        return flags.flag("MaxVectorSize").isPresent()
                ? new Compiling(Jvm.Compiler.C2, "flags TieredCompilation=" + tiered + ", TieredStopAtLevel=" + level)
                : new Compiling(Jvm.Compiler.C1, "no flag MaxVectorSize: built without C2");
    }

    private static String property(String name) {
        return System.getProperty(name, Cpu.UNKNOWN);
    }
}
