package dev.rewire.kernels.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The probe and {@code lscpu} say the same of this machine. */
class LscpuTest {
    private static List<String> lines(String... options) {
        List<String> command = new ArrayList<>(List.of("lscpu"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text.lines().toList() : abort("lscpu " + command + " fails: " + text);
        } catch (IOException e) {
            return abort("lscpu is not installed: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> fields() {
        Map<String, String> fields = new HashMap<>();
        for (String line : lines()) {
            String[] parts = line.split(":", 2);
            if (parts.length == 2) {
                fields.putIfAbsent(parts[0].strip(), parts[1].strip());
            }
        }
        return fields;
    }

    private static OptionalInt number(String text) {
        return text == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
    }

    @Test
    void onTheFeatures() {
        assertEquals(fields().get("Flags"), String.join(" ", Cpu.current().features()));
    }

    @Test
    void onTheCounts() {
        // The columns of -p: CPU, Core, Socket, Node; those switched on.
        List<String[]> online = lines("-p").stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(",", -1))
                .toList();
        Cpu cpu = Cpu.current();
        assertEquals(OptionalInt.of(online.size()), cpu.logical());
        assertEquals(OptionalInt.of(distinct(online, 1)), cpu.physical());
        assertEquals(OptionalInt.of(distinct(online, 2)), cpu.sockets());
        assertEquals(number(fields().get("NUMA node(s)")), cpu.numaNodes());
    }

    private static int distinct(List<String[]> rows, int column) {
        return (int) rows.stream().map(row -> row[column]).distinct().count();
    }

    @Test
    void onTheVendor() {
        assertEquals(fields().get("Vendor ID"), Cpu.current().vendor());
    }

    @Test
    void onTheModel() {
        String model = fields().get("Model name");
        assertEquals(
                model == null || model.equals("-") ? Cpu.UNKNOWN : model,
                Cpu.current().model());
    }

    @Test
    void onTheCaches() {
        Map<String, String> expected = new TreeMap<>();
        for (String line : lines("-B", "--caches=NAME,ONE-SIZE,ALL-SIZE,COHERENCY-SIZE")) {
            String[] cells = line.strip().split(" +", -1);
            if (!cells[0].equals("NAME")) {
                expected.put(cells[0], cells[1] + " " + cells[2] + " " + cells[3]);
            }
        }
        Map<String, String> found = new TreeMap<>();
        for (Cache cache : Cpu.current().caches()) {
            found.put(
                    cache.name(),
                    cache.bytes() + " " + cache.bytes() * cache.instances() + " "
                            + cache.lineBytes().orElse(0));
        }
        assertEquals(expected, found);
    }
}
