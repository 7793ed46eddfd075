package dev.rewire.kernels.probe;

import java.util.OptionalInt;
import java.util.Set;

/** What the JVM's compiler makes of features that are usable. */
final class JvmVectors {
    /** The last release whose instructions were looked through. */
    private static final int KNOWN_RELEASE = 25;

    /** What compiled code would have to do for Rewire. */
    static final Answer NOT_WITHOUT_THE_JVM = Answer.of(false, "the JVM does not");

    /** C2 has rules for some of these: sums of products of shorts, and {@code Float16}. */
    private static final Set<String> SPECIAL = Set.of("AVX-512 VNNI", "AVX-VNNI", "AVX-512 FP16", "FP16");

    private final Jvm jvm;

    JvmVectors(Jvm jvm) {
        this.jvm = jvm;
    }

    /** SSE 4.1. */
    Answer sse() {
        return compiled(flag("UseSSE", 4));
    }

    /** AVX up to a level of {@code UseAVX}: 1 AVX, 2 AVX2, 3 AVX-512. */
    Answer avx(int level) {
        int bytes = level == 1 ? 16 : 16 << (level - 1);
        OptionalInt longest = jvm.maxVectorSize();
        Answer flag = flag("UseAVX", level);
        if (flag.isYes() && longest.isPresent() && longest.getAsInt() < bytes) {
            return compiled(Answer.of(false, jvm.flagText("MaxVectorSize")));
        }
        return compiled(flag);
    }

    /** SVE up to a level of {@code UseSVE}. */
    Answer sve(int level) {
        return compiled(flag("UseSVE", level));
    }

    /** ARM's vectors of 128 bits, which have no flag. */
    Answer neon() {
        return compiled(Answer.of(true, "C2 always does"));
    }

    /** A fused multiply-add, which the interpreter, too, has as an instruction. */
    Answer fma() {
        String source = jvm.flags().containsKey("UseFMA")
                ? jvm.flagText("UseFMA")
                : jvm.useFma().source();
        return new Answer(jvm.useFma().value(), source);
    }

    /** A feature that no operation of the Vector API becomes. */
    Answer without(String feature) {
        if (Runtime.version().feature() > KNOWN_RELEASE) {
            return Answer.unknown("known up to JDK " + KNOWN_RELEASE);
        }
        return SPECIAL.contains(feature)
                ? Answer.unknown("C2 may, for shorts or Float16; no flag tells")
                : Answer.of(false, "C2 cannot");
    }

    private Answer flag(String name, int least) {
        Jvm.Flag flag = jvm.flags().get(name);
        if (flag != null) {
            return Answer.of(Integer.parseInt(flag.value()) >= least, jvm.flagText(name));
        }
        return ofPreferred(name, least);
    }

    /** Where there are no flags the width of its vectors says how far the JVM goes. */
    private Answer ofPreferred(String name, int least) {
        if (!name.equals("UseAVX") || least < 2 || jvm.vectorBitsPreferred().isEmpty()) {
            return Answer.unknown("flag " + name + ": " + jvm.flagsSource());
        }
        int bits = jvm.vectorBitsPreferred().getAsInt();
        return Answer.of(bits >= 64 << least, "the JVM prefers " + bits + " bits");
    }

    /** Vectors are compiled by C2, or they are objects. */
    private Answer compiled(Answer answer) {
        return switch (jvm.compiler()) {
            case C2, UNKNOWN -> answer;
            case C1, INTERPRETER -> Answer.of(false, jvm.compiler() + " alone: " + jvm.compilerSource());
            case OTHER -> Answer.unknown("not HotSpot's C2: " + jvm.compilerSource());
        };
    }
}
