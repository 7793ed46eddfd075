package dev.rewire.kernels.probe;

import java.util.ArrayList;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The table for people, narrow enough for a bug report. */
final class CapabilitiesText {
    private static final int WIDTH = 110;
    private static final int INDENT = 10;

    private final Formatter text = new Formatter(Locale.ROOT);

    /** Each source once, with the letter that stands for it in the table. */
    private final Map<String, String> letters = new LinkedHashMap<>();

    private CapabilitiesText() {}

    static String of(Capabilities capabilities) {
        CapabilitiesText text = new CapabilitiesText();
        text.cpu(capabilities.cpu());
        text.jvm(capabilities.jvm());
        text.memory(capabilities.memory());
        text.kernels(capabilities.kernels());
        text.table(capabilities.capabilities());
        text.disagreements(capabilities.disagreements());
        return text.text.toString();
    }

    private void cpu(Cpu cpu) {
        line("cpu", cpu.model() + " (" + cpu.vendor() + "), " + cpu.architecture());
        StringJoiner counts = new StringJoiner(", ");
        counts.add("logical processors " + number(cpu.logical()));
        counts.add("cores " + number(cpu.physical()));
        counts.add("sockets " + number(cpu.sockets()));
        counts.add("NUMA nodes " + number(cpu.numaNodes()));
        counts.add("allowed " + number(cpu.allowed()));
        cpu.quota().ifPresent(quota -> counts.add(String.format(Locale.ROOT, "quota %.2f", quota)));
        counts.add("for the JVM " + cpu.available());
        line("", counts.toString());
        line(
                "",
                cpu.caches().isEmpty()
                        ? "caches unknown"
                        : cpu.caches().stream().map(CapabilitiesText::cache).collect(Collectors.joining(", ")));
        line("", "from " + cpu.source());
    }

    private static String cache(Cache cache) {
        return cache.instances() + " × " + cache.name() + " " + Sizes.text(cache.bytes())
                + (cache.sharedBy() > 1 ? " for " + cache.sharedBy() : "");
    }

    private void jvm(Jvm jvm) {
        line("jvm", jvm.vm() + ", Java " + jvm.version() + ", " + jvm.vendor());
        line("", "compiler " + jvm.compiler() + " (" + jvm.compilerSource() + ")");
        line(
                "",
                jvm.vectorBitsPreferred().isPresent()
                        ? "Vector API: " + jvm.vectorBitsPreferred().getAsInt() + " bits preferred"
                        : "Vector API: " + jvm.vectorApi().source());
        String flags = jvm.flags().entrySet().stream()
                .map(flag -> flag.getKey() + "=" + flag.getValue().value()
                        + (flag.getValue().origin().equals("DEFAULT") ? "" : "*"))
                .collect(Collectors.joining(", "));
        line(
                "",
                flags.isEmpty()
                        ? "flags unknown: " + jvm.flagsSource() + "; FMA in hardware: "
                                + jvm.useFma().value() + " (" + jvm.useFma().source() + ")"
                        : flags + " (* not the default; from " + jvm.flagsSource() + ")");
        if (!jvm.arguments().isEmpty()) {
            line("", "given: " + String.join(" ", jvm.arguments()));
        }
    }

    private void memory(Memory memory) {
        Memory.HugePages huge = memory.hugePages();
        line(
                "memory",
                size(memory.total()) + ", limit " + (memory.limit().isPresent() ? size(memory.limit()) : "none")
                        + ", heap up to " + Sizes.text(memory.heapLimit()) + ", pages of " + size(memory.pageSize())
                        + ", huge pages of " + size(huge.bytes()) + ": transparent " + huge.transparent() + ", "
                        + (huge.reserved().isPresent() ? huge.reserved().getAsLong() : Cpu.UNKNOWN)
                        + " reserved; from " + memory.source());
    }

    private void kernels(Kernels kernels) {
        line("kernels", kernels.provider() + ", " + kernels.vectorBits() + " bits: " + kernels.reason());
        kernels.choices()
                .forEach(choice ->
                        line("", choice.name().replace('_', ' ') + " " + choice.value() + ": " + choice.reason()));
    }

    private void table(List<Capability> capabilities) {
        if (capabilities.isEmpty()) {
            return;
        }
        text.format("%n%-14s %-12s %-12s %-12s %s%n", "capability", "has", "usable", "JVM uses", "Rewire uses");
        for (Capability each : capabilities) {
            text.format(
                    "%-14s %-12s %-12s %-12s %s%n",
                    each.name(), cell(each.has()), cell(each.usable()), cell(each.jvm()), cell(each.rewire()));
        }
        letters.forEach((source, letter) -> wrapped("  (" + letter + ") ", source));
    }

    private String cell(Answer answer) {
        int next = letters.size();
        String letter = letters.computeIfAbsent(
                answer.source(),
                absent -> next < 26 ? String.valueOf((char) ('a' + next)) : "a" + (char) ('a' + next - 26));
        return answer.value() + " (" + letter + ")";
    }

    private void disagreements(List<String> lines) {
        text.format("%n");
        if (lines.isEmpty()) {
            text.format("no disagreements%n");
        }
        lines.forEach(line -> wrapped("! ", line));
    }

    private void line(String name, String content) {
        wrapped(String.format(Locale.ROOT, "%-" + INDENT + "s", name), content);
    }

    /** Breaks between words; what follows is indented as the first line. */
    private void wrapped(String start, String content) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(start);
        for (String word : content.split(" ", -1)) {
            if (line.length() > start.length() && line.length() + word.length() > WIDTH) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(start.length()));
            }
            line.append(word).append(' ');
        }
        lines.add(line.toString().stripTrailing());
        lines.forEach(each -> text.format("%s%n", each));
    }

    private static String number(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : Cpu.UNKNOWN;
    }

    private static String size(OptionalLong bytes) {
        return bytes.isPresent() ? Sizes.text(bytes.getAsLong()) : Cpu.UNKNOWN;
    }
}
