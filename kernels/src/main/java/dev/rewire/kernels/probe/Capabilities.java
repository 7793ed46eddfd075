package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.AuxVector;
import dev.rewire.kernels.internal.system.SystemFiles;
import dev.rewire.kernels.internal.system.X86Leaves;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this machine can do, what the JVM makes of it, and what Rewire does with it. To be kept with every measurement: {@link #toMap} for
 * programs, {@link #toString} for a bug report.
 *
 * <pre>{@code
 * for (String line : Capabilities.current().disagreements()) {
 *     System.err.println(line);
 * }
 * }</pre>
 *
 * @param cpu the processors
 * @param jvm the JVM
 * @param memory the memory
 * @param kernels what Rewire has chosen
 * @param capabilities what matters to sparse products on this architecture, each with who has and who uses it; empty on architectures other
 *     than x86 and ARM of 64 bits
 * @param disagreements a line for each place where somebody does less than could be done
 */
public record Capabilities(
        Cpu cpu, Jvm jvm, Memory memory, Kernels kernels, List<Capability> capabilities, List<String> disagreements) {
    private static final class Holder {
        private static final Capabilities CURRENT = read(SystemFiles.ofMachine());
    }

    /** Copies the lists. */
    public Capabilities {
        capabilities = List.copyOf(capabilities);
        disagreements = List.copyOf(disagreements);
    }

    /**
     * Those of this process, taken at the first call, which also chooses Rewire's kernels if nothing has yet. Some 50 ms more where native access
     * is allowed on x86: the JVM has to link the one function that is called. Never fails, never has the JVM print a warning of its own.
     *
     * @return the capabilities
     */
    public static Capabilities current() {
        return Holder.CURRENT;
    }

    private static Capabilities read(SystemFiles files) {
        Cpu cpu = Cpu.current();
        Optional<X86Leaves> leaves = cpu.isX86() ? X86Leaves.read() : Optional.empty();
        return of(cpu, Jvm.current(), Memory.read(files, Jvm.currentFlags()), Kernels.current(), leaves, files);
    }

    static Capabilities of(
            Cpu cpu, Jvm jvm, Memory memory, Kernels kernels, Optional<X86Leaves> leaves, SystemFiles files) {
        JvmVectors vectors = new JvmVectors(jvm);
        List<Capability> capabilities = List.of();
        if (cpu.isX86()) {
            capabilities = X86Rules.of(cpu, leaves, vectors, kernels);
        } else if (cpu.isArm()) {
            capabilities = ArmRules.of(cpu, AuxVector.read(files), vectors, kernels);
        }
        return new Capabilities(
                cpu, jvm, memory, kernels, capabilities, Disagreements.of(cpu, jvm, memory, kernels, capabilities));
    }

    /**
     * The same for programs: the object that {@code docs/probe.md} documents, in maps, lists, numbers, texts and booleans, with null for what
     * is not known. Any JSON library writes it.
     *
     * @return keys in a fixed order
     */
    public Map<String, @Nullable Object> toMap() {
        return CapabilitiesMap.of(this);
    }

    /**
     * The same for people.
     *
     * @return a table of at most 110 columns, but for words that are longer
     */
    @Override
    public String toString() {
        return CapabilitiesText.of(this);
    }
}
