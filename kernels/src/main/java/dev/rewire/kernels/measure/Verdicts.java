package dev.rewire.kernels.measure;

import dev.rewire.kernels.measure.Measured.Fma;
import dev.rewire.kernels.measure.Measured.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What figures mean. */
final class Verdicts {
    /** Two figures closer than this are the same. */
    private static final double SAME = 1.05;

    /** Twice as fast would be 2, and half of that is the border between one unit and two, or a thread of a core and a core. */
    private static final double HALFWAY = 1.5;

    private final int threads;
    private final boolean fused;
    private final boolean compiled;
    private final List<Fma> fma;
    private final List<Read> read;

    Verdicts(int threads, boolean fused, boolean compiled, List<Fma> fma, List<Read> read) {
        this.threads = threads;
        this.fused = fused;
        this.compiled = compiled;
        this.fma = fma;
        this.read = read;
    }

    /** The width with the highest rate of one core; of those about as fast the widest, which takes fewer instructions. */
    int fastestBits() {
        double best = fma.stream().mapToDouble(Fma::gflopsCore).max().orElse(0);
        return fma.stream()
                .filter(each -> each.gflopsCore() * SAME >= best)
                .mapToInt(Fma::bits)
                .max()
                .orElse(0);
    }

    List<String> lines() {
        if (!compiled) {
            return List.of(
                    "no verdict: C2 did not compile all loops in time, or this JVM has none; figures are too low");
        }
        List<String> lines = new ArrayList<>();
        if (!fused) {
            lines.add("fused multiply-add: not in this JVM; a multiplication and an addition were measured");
        }
        Fma narrow = of(256);
        Fma wide = of(512);
        if (narrow != null && wide != null) {
            lines.add(wide(wide.gflopsCore() / narrow.gflopsCore()));
        }
        if (threads > 1 && !fma.isEmpty()) {
            Fma widest = fma.getLast();
            lines.add(processors(widest.gflopsAll() / widest.gflopsCore()));
        }
        if (threads > 1 && !read.isEmpty() && read.getLast().level().equals("memory")) {
            Read memory = read.getLast();
            lines.add(String.format(
                    Locale.ROOT,
                    "memory: one thread reads %.1f GB/s, %d threads %.1f GB/s, %.2f×",
                    memory.gbsCore(),
                    threads,
                    memory.gbsAll(),
                    memory.gbsAll() / memory.gbsCore()));
        }
        return lines;
    }

    private static String wide(double ratio) {
        if (ratio >= HALFWAY) {
            return String.format(Locale.ROOT, "use 512 bits: yes, %.1f×: two units of 512 bits", ratio);
        }
        if (ratio >= 1 / SAME) {
            return String.format(
                    Locale.ROOT, "use 512 bits: yes, %.1f×: as fast as 256 bits, in half the instructions", ratio);
        }
        return String.format(Locale.ROOT, "use 512 bits: no, %.1f×: 256 bits are faster", ratio);
    }

    private String processors(double ratio) {
        if (threads > 2) {
            return String.format(Locale.ROOT, "%d threads: as much as %.1f cores", threads, ratio);
        }
        if (ratio * SAME < 1) { // Two threads that share a core do not less than one.
            return String.format(Locale.ROOT, "second processor: busy with something else, %.2f×", ratio);
        }
        return ratio >= HALFWAY
                ? String.format(Locale.ROOT, "second processor: a whole core, %.2f×", ratio)
                : String.format(Locale.ROOT, "second processor: shares a core, %.2f×", ratio);
    }

    private @Nullable Fma of(int bits) {
        return fma.stream().filter(each -> each.bits() == bits).findFirst().orElse(null);
    }
}
