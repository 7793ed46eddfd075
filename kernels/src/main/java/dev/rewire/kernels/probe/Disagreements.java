package dev.rewire.kernels.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Where two columns of the table differ, or the machine offers more than this process gets: a line each. */
final class Disagreements {
    /** What the kernels have a use for: of the others it says nothing that a JVM leaves them. */
    private static final Set<String> OF_USE = Set.of(
            "SSE4.1",
            "AVX",
            "AVX2",
            "FMA",
            "F16C",
            "AVX-512F",
            "AVX-512DQ",
            "AVX-512BW",
            "AVX-512VL",
            "ASIMD",
            "SVE",
            "SVE2");

    private final List<String> lines = new ArrayList<>();

    /** Features by what is said of them. */
    private final Map<String, List<String>> grouped = new LinkedHashMap<>();

    private Disagreements() {}

    static List<String> of(Cpu cpu, Jvm jvm, Memory memory, Kernels kernels, List<Capability> capabilities) {
        Disagreements found = new Disagreements();
        found.processors(cpu, jvm);
        capabilities.forEach(each -> found.capability(each, kernels));
        found.grouped.forEach((said, names) -> found.lines.add(String.join(", ", names) + ": " + said));
        found.vectors(jvm, kernels);
        found.memory(memory);
        return List.copyOf(found.lines);
    }

    private void capability(Capability of, Kernels kernels) {
        if (of.has().isYes() && of.usable().isNo()) {
            group(
                    of,
                    "the processor has it, the system does not enable it ("
                            + of.usable().source() + ")");
        } else if (!OF_USE.contains(of.name())) {
            return;
        } else if (of.usable().isYes() && of.jvm().isNo()) {
            group(of, "usable, not used by the JVM (" + of.jvm().source() + ")");
        } else if (of.jvm().isYes() && of.rewire().isNo() && kernels.areVector()) {
            group(of, "used by the JVM, not by Rewire (" + of.rewire().source() + ")");
        }
        if (of.jvm().isNo() && of.rewire().isYes()) {
            group(of, "used by Rewire's kernels, not by the JVM: software for each element, hundreds of times slower");
        }
    }

    private void group(Capability capability, String said) {
        grouped.computeIfAbsent(said, absent -> new ArrayList<>()).add(capability.name());
    }

    private void vectors(Jvm jvm, Kernels kernels) {
        if (kernels.areVector()) {
            if (jvm.compiler() == Jvm.Compiler.C1 || jvm.compiler() == Jvm.Compiler.INTERPRETER) {
                lines.add("vector kernels run, but vectors are objects without C2 (" + jvm.compiler() + " alone: "
                        + jvm.compilerSource() + ")");
            }
            int preferred = jvm.vectorBitsPreferred().orElse(kernels.vectorBits());
            if (kernels.vectorBits() < preferred) {
                lines.add("the JVM prefers vectors of " + preferred + " bits, Rewire's have " + kernels.vectorBits()
                        + ": " + kernels.reason());
            }
            return;
        }
        lines.add("no vector kernels: " + kernels.reason());
    }

    private void processors(Cpu cpu, Jvm jvm) {
        Jvm.Flag flag = jvm.flags().get("ActiveProcessorCount");
        boolean told = flag != null && flag.value().equals(Integer.toString(cpu.available()));
        if (cpu.logical().isPresent() && cpu.available() != cpu.logical().getAsInt()) {
            lines.add(cpu.logical().getAsInt() + " logical processors, the JVM counts " + cpu.available() + " ("
                    + (told ? jvm.flagText("ActiveProcessorCount") : why(cpu)) + ")");
        }
        if (cpu.quota().isPresent() && cpu.quota().getAsDouble() < cpu.available()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "the control group allows %.2f processors' worth of time, the JVM counts %d: threads beyond that wait",
                    cpu.quota().getAsDouble(),
                    cpu.available()));
        }
    }

    private static String why(Cpu cpu) {
        List<String> reasons = new ArrayList<>();
        if (cpu.allowed().isPresent()
                && cpu.allowed().getAsInt() < cpu.logical().orElse(0)) {
            reasons.add("affinity or cpuset of " + cpu.allowed().getAsInt());
        }
        if (cpu.quota().isPresent()) {
            reasons.add(String.format(
                    Locale.ROOT, "control group of %.2f", cpu.quota().getAsDouble()));
        }
        return reasons.isEmpty() ? "the JVM does not say why" : String.join(", ", reasons);
    }

    private void memory(Memory memory) {
        OptionalLong total = memory.total();
        OptionalLong limit = memory.limit();
        if (total.isPresent() && limit.isPresent() && limit.getAsLong() < total.getAsLong()) {
            lines.add("the machine has " + Sizes.text(total.getAsLong()) + " of memory, the control group allows "
                    + Sizes.text(limit.getAsLong()));
        }
    }
}
