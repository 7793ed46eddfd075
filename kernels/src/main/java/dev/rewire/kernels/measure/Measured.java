package dev.rewire.kernels.measure;

import dev.rewire.kernels.probe.Capabilities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What this machine does when it is measured, with loops of our own in this JVM: the best of many rounds. Where nothing could be measured there is the
 * reason, and nothing else.
 *
 * @param reason why nothing was measured, or null
 * @param threads that ran at once for the figures of all
 * @param seconds that the measurement took
 * @param fused whether a multiply-add was one operation; otherwise this JVM has none, and a multiplication and an addition were measured
 * @param compiled whether C2 compiled every loop of fma and read in time; otherwise figures are of interpreted or half-compiled code
 * @param fma multiply-adds by width, the narrowest first
 * @param registers what C2 keeps in registers by width; a width that C2 did not compile is missing
 * @param readBits the width of the vectors that read
 * @param read bandwidth by level, the first cache first
 * @param fastestBits the width with the highest rate of one core; of widths within 5 % the widest
 * @param verdicts what follows, a sentence each
 */
public record Measured(
        @Nullable String reason,
        int threads,
        double seconds,
        boolean fused,
        boolean compiled,
        List<Fma> fma,
        List<Registers> registers,
        int readBits,
        List<Read> read,
        int fastestBits,
        List<String> verdicts) {

    /** Copies the lists. */
    public Measured {
        fma = List.copyOf(fma);
        registers = List.copyOf(registers);
        read = List.copyOf(read);
        verdicts = List.copyOf(verdicts);
    }

    /**
     * Multiply-adds of 32-bit floats.
     *
     * @param bits of a vector
     * @param gflopsCore 10⁹ operations in a second of one thread, two for each multiply-add and lane
     * @param gflopsAll of all threads
     */
    public record Fma(int bits, double gflopsCore, double gflopsAll) {}

    /**
     * Vector registers that C2 uses before it keeps vectors on the stack.
     *
     * @param bits of a vector
     * @param registers sums that a loop keeps which loads vectors and adds them up; on ARM the loaded vector takes one more
     */
    public record Registers(int bits, int registers) {}

    /**
     * Bandwidth of reading.
     *
     * @param level {@code L1}, {@code L2}, {@code L3} or {@code memory}
     * @param bytes that one thread read again and again: of a cache as many as each of all threads, of memory as many as all together
     * @param gbsCore 10⁹ bytes in a second of one thread
     * @param gbsAll of all threads together
     */
    public record Read(String level, long bytes, double gbsCore, double gbsAll) {}

    /**
     * Measures.
     *
     * @param machine whose caches and memory are read
     * @param threads for the figures of all, at least 1: one for each processor that this JVM may use
     * @param seconds how long about, at least 0.1; below 3 the figures are rough
     * @param progress hears what is measured next
     * @return the figures, or why there are none
     * @throws IllegalArgumentException if an argument is out of range
     * @throws IllegalStateException if the calling thread is interrupted, and it stays so
     */
    public static Measured take(Capabilities machine, int threads, double seconds, Consumer<String> progress) {
        return take(ReadSizes.of(machine.cpu()), machine.memory().usable(), threads, seconds, progress);
    }

    /** The same, of which a quarter of the free memory is used at most, and memory is not measured if that is too little. */
    static Measured take(ReadSizes caches, long freeMemory, int threads, double seconds, Consumer<String> progress) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + ": accepted is at least 1");
        }
        if (!(seconds >= 0.1)) {
            throw new IllegalArgumentException("seconds = " + seconds + ": accepted is at least 0.1");
        }
        String reason = MachineRates.unavailable();
        if (reason == null) {
            reason = MachineRates.uncompiled();
        }
        return reason == null
                ? new Measuring(caches.buffers(threads, freeMemory), threads, seconds, progress).run()
                : unavailable(threads, reason);
    }

    static Measured unavailable(int threads, String reason) {
        return new Measured(
                reason,
                threads,
                0,
                false,
                false,
                List.of(),
                List.of(),
                0,
                List.of(),
                0,
                List.of("nothing was measured: " + reason));
    }

    /**
     * As JSON has it: numbers rounded to two decimals.
     *
     * @return {@code reason} alone with {@code verdicts}, or {@code threads, seconds, fused, compiled, fma [{bits, gflops_core, gflops_all}],
     *     registers [{bits, registers}], read_bits, read [{level, bytes, gbs_core, gbs_all}], fastest_bits, verdicts []}
     */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        if (reason != null) {
            map.put("reason", reason);
            map.put("verdicts", verdicts);
            return map;
        }
        map.put("threads", threads);
        map.put("seconds", rounded(seconds));
        map.put("fused", fused);
        map.put("compiled", compiled);
        List<Map<String, Object>> rates = new ArrayList<>();
        for (Fma each : fma) {
            rates.add(ordered(
                    "bits", each.bits, "gflops_core", rounded(each.gflopsCore), "gflops_all", rounded(each.gflopsAll)));
        }
        map.put("fma", rates);
        List<Map<String, Object>> kept = new ArrayList<>();
        for (Registers each : registers) {
            kept.add(ordered("bits", each.bits, "registers", each.registers));
        }
        map.put("registers", kept);
        map.put("read_bits", readBits);
        List<Map<String, Object>> levels = new ArrayList<>();
        for (Read each : read) {
            levels.add(ordered(
                    "level",
                    each.level,
                    "bytes",
                    each.bytes,
                    "gbs_core",
                    rounded(each.gbsCore),
                    "gbs_all",
                    rounded(each.gbsAll)));
        }
        map.put("read", levels);
        map.put("fastest_bits", fastestBits);
        map.put("verdicts", verdicts);
        return map;
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    private static double rounded(double value) {
        return Math.rint(value * 100) / 100;
    }

    /**
     * A table to read, and the verdicts below it.
     *
     * @return lines, each with its end
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        if (reason == null) {
            String all = threads == 1 ? "" : threads + " threads";
            row(text, "", "one thread", all, "registers");
            for (Fma each : fma) {
                row(
                        text,
                        (fused ? "multiply-add, " : "multiply and add, ") + each.bits + " bits",
                        number(each.gflopsCore) + " GFLOP/s",
                        threads == 1 ? "" : number(each.gflopsAll) + " GFLOP/s",
                        registers(each.bits));
            }
            for (Read each : read) {
                row(
                        text,
                        "read, " + each.level + ", " + size(each.bytes),
                        number(each.gbsCore) + " GB/s",
                        threads == 1 ? "" : number(each.gbsAll) + " GB/s",
                        "");
            }
        }
        verdicts.forEach(verdict -> text.append(verdict).append('\n'));
        return text.toString();
    }

    private String registers(int bits) {
        return registers.stream()
                .filter(each -> each.bits == bits)
                .map(each -> Integer.toString(each.registers))
                .findFirst()
                .orElse("?");
    }

    private static void row(StringBuilder text, String name, String core, String all, String registers) {
        text.append(String.format(Locale.ROOT, "%-26s%16s%16s%12s", name, core, all, registers)
                        .stripTrailing())
                .append('\n');
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String size(long bytes) {
        return bytes < 1 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
}
