package dev.rewire.kernels.probe;

import static dev.rewire.kernels.internal.system.X86Leaves.LEAF_1;
import static dev.rewire.kernels.internal.system.X86Leaves.LEAF_7;
import static dev.rewire.kernels.internal.system.X86Leaves.LEAF_7_1;

import dev.rewire.kernels.internal.system.X86Leaves;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What matters to sparse products on x86: where each feature is found, and who uses it. */
final class X86Rules {
    private static final int EAX = 0;
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int EDX = 3;

    /** A bit of {@code cpuid}, and the name that Linux has for it. */
    private record Feature(String name, String flag, int leaf, int register, int bit) {}

    private static final Feature FMA = new Feature("FMA", "fma", LEAF_1, ECX, 12);
    private static final Feature F16C = new Feature("F16C", "f16c", LEAF_1, ECX, 29);

    /** Those that come with a level of {@code UseAVX}, and the bits of the vectors that they have. */
    private static final List<Feature> SSE = List.of(new Feature("SSE4.1", "sse4_1", LEAF_1, ECX, 19));

    private static final List<Feature> AVX = List.of(new Feature("AVX", "avx", LEAF_1, ECX, 28));
    private static final List<Feature> AVX2 = List.of(new Feature("AVX2", "avx2", LEAF_7, EBX, 5));
    private static final List<Feature> AVX512 = List.of(
            new Feature("AVX-512F", "avx512f", LEAF_7, EBX, 16),
            new Feature("AVX-512DQ", "avx512dq", LEAF_7, EBX, 17),
            new Feature("AVX-512BW", "avx512bw", LEAF_7, EBX, 30),
            new Feature("AVX-512VL", "avx512vl", LEAF_7, EBX, 31));

    /** Those that the kernels have no use for, since no operation of the Vector API becomes one of them. */
    private static final List<Feature> OTHERS = List.of(
            new Feature("AVX-VNNI", "avx_vnni", LEAF_7_1, EAX, 4),
            new Feature("AVX-512 VNNI", "avx512_vnni", LEAF_7, ECX, 11),
            new Feature("AVX-512 BF16", "avx512_bf16", LEAF_7_1, EAX, 5),
            new Feature("AVX-512 FP16", "avx512_fp16", LEAF_7, EDX, 23),
            new Feature("AMX tile", "amx_tile", LEAF_7, EDX, 24),
            new Feature("AMX int8", "amx_int8", LEAF_7, EDX, 25),
            new Feature("AMX bf16", "amx_bf16", LEAF_7, EDX, 22));

    private final Cpu cpu;
    private final Optional<X86Leaves> leaves;
    private final Kernels kernels;
    private final List<Capability> capabilities = new ArrayList<>();

    private X86Rules(Cpu cpu, Optional<X86Leaves> leaves, Kernels kernels) {
        this.cpu = cpu;
        this.leaves = leaves;
        this.kernels = kernels;
    }

    static List<Capability> of(Cpu cpu, Optional<X86Leaves> leaves, JvmVectors jvm, Kernels kernels) {
        X86Rules rules = new X86Rules(cpu, leaves, kernels);
        rules.add(SSE, jvm.sse(), 128);
        rules.add(AVX, jvm.avx(1), 128);
        rules.add(AVX2, jvm.avx(2), 256);
        rules.add(FMA, jvm.fma(), kernels.fma());
        rules.add(F16C, jvm.avx(1), rules.halves(jvm.avx(1)));
        rules.add(AVX512, jvm.avx(3), 512);
        for (Feature feature : OTHERS) {
            rules.add(feature, jvm.without(feature.name), Answer.of(false, "products are of floats"));
        }
        return rules.capabilities;
    }

    private Answer halves(Answer usedByJvm) {
        if (usedByJvm.isNo()) {
            return JvmVectors.NOT_WITHOUT_THE_JVM;
        }
        return kernels.areVector()
                ? Answer.of(true, "single fp16 weights; vectors of them are widened by shifts")
                : Answer.of(false, kernels.provider() + " kernels");
    }

    private void add(List<Feature> features, Answer usedByJvm, int bits) {
        Answer ours = Answer.of(
                kernels.vectorBits() >= bits, kernels.provider() + " kernels, " + kernels.vectorBits() + " bits");
        Answer rewire = usedByJvm.isNo() && ours.isYes() ? JvmVectors.NOT_WITHOUT_THE_JVM : ours;
        features.forEach(feature -> add(feature, usedByJvm, rewire));
    }

    /** What the processor lacks nobody uses, whatever a flag says. */
    private void add(Feature feature, Answer usedByJvm, Answer usedByUs) {
        Answer has = has(feature);
        Answer usable = usable(feature);
        Answer lacking = Answer.of(false, "not usable");
        capabilities.add(new Capability(
                feature.name, has, usable, usable.isNo() ? lacking : usedByJvm, usable.isNo() ? lacking : usedByUs));
    }

    private Answer has(Feature feature) {
        if (leaves.isPresent()) {
            return Answer.of(leaves.get().has(feature.leaf, feature.register, feature.bit), "cpuid, by glibc");
        }
        return cpu.features().contains(feature.flag)
                ? Answer.of(true, "/proc/cpuinfo")
                : Answer.unknown("no native access, and /proc/cpuinfo lists only what is usable");
    }

    private Answer usable(Feature feature) {
        if (leaves.isPresent()) {
            return Answer.of(
                    leaves.get().usable(feature.leaf, feature.register, feature.bit), "glibc's active cpuid bits");
        }
        return cpu.features().isEmpty()
                ? Answer.unknown("no native access and no /proc/cpuinfo")
                : Answer.of(cpu.features().contains(feature.flag), "/proc/cpuinfo");
    }
}
