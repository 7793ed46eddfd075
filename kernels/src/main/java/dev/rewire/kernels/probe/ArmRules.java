package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.AuxVector;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What matters to sparse products on ARM: where each feature is found, and who uses it. */
final class ArmRules {
    /** A bit of the kernel's words for what the processor can do, and the name that it has in {@code /proc/cpuinfo}. */
    private record Feature(String name, String flag, long word, int bit) {}

    private static final Feature ASIMD = new Feature("ASIMD", "asimd", AuxVector.HWCAP, 1);
    private static final Feature FMA = new Feature("FMA", "asimd", AuxVector.HWCAP, 1);
    private static final Feature SVE = new Feature("SVE", "sve", AuxVector.HWCAP, 22);
    private static final Feature SVE2 = new Feature("SVE2", "sve2", AuxVector.HWCAP2, 1);

    /** Those that the kernels have no use for, since no operation of the Vector API becomes one of them. */
    private static final List<Feature> OTHERS = List.of(
            new Feature("FP16", "asimdhp", AuxVector.HWCAP, 10),
            new Feature("DotProd", "asimddp", AuxVector.HWCAP, 20),
            new Feature("BF16", "bf16", AuxVector.HWCAP2, 14),
            new Feature("I8MM", "i8mm", AuxVector.HWCAP2, 13));

    private final Cpu cpu;
    private final AuxVector auxiliary;
    private final List<Capability> capabilities = new ArrayList<>();

    private ArmRules(Cpu cpu, AuxVector auxiliary) {
        this.cpu = cpu;
        this.auxiliary = auxiliary;
    }

    static List<Capability> of(Cpu cpu, AuxVector auxiliary, JvmVectors jvm, Kernels kernels) {
        ArmRules rules = new ArmRules(cpu, auxiliary);
        String ours = kernels.provider() + " kernels, " + kernels.vectorBits() + " bits";
        Answer vector = Answer.of(kernels.areVector(), ours);
        rules.add(ASIMD, jvm.neon(), jvm.neon().isNo() ? JvmVectors.NOT_WITHOUT_THE_JVM : vector);
        rules.add(FMA, jvm.fma(), kernels.fma());
        rules.add(SVE, jvm.sve(1), jvm.sve(1).isYes() ? vector : JvmVectors.NOT_WITHOUT_THE_JVM);
        rules.add(SVE2, jvm.sve(2), jvm.sve(2).isYes() ? vector : JvmVectors.NOT_WITHOUT_THE_JVM);
        for (Feature feature : OTHERS) {
            rules.add(feature, jvm.without(feature.name), Answer.of(false, "products are of floats"));
        }
        return rules.capabilities;
    }

    private void add(Feature feature, Answer usedByJvm, Answer usedByUs) {
        Answer usable = usable(feature);
        Answer has = usable.isYes() ? usable : Answer.unknown("the kernel tells only what is usable");
        Answer lacking = Answer.of(false, "not usable");
        capabilities.add(new Capability(
                feature.name, has, usable, usable.isNo() ? lacking : usedByJvm, usable.isNo() ? lacking : usedByUs));
    }

    private Answer usable(Feature feature) {
        OptionalLong word = auxiliary.value(feature.word);
        if (word.isPresent()) {
            return Answer.of((word.getAsLong() >>> feature.bit & 1) != 0, "hwcap, /proc/self/auxv");
        }
        return cpu.features().isEmpty()
                ? Answer.unknown("no /proc/self/auxv and no /proc/cpuinfo")
                : Answer.of(cpu.features().contains(feature.flag), "/proc/cpuinfo");
    }
}
