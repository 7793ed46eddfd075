package dev.rewire.kernels.internal.system;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /proc/cpuinfo}: paragraphs of {@code key : value}, one for each processor; their keys depend on the architecture. */
public final class CpuInfo {
    /** The first value of each key that has one. */
    private final Map<String, String> values = new HashMap<>();

    private final Set<String> armModels = new LinkedHashSet<>();
    private int processors;

    private CpuInfo() {}

    /**
     * Reads the file.
     *
     * @param files of the machine
     * @return what it says; nothing where there is none
     */
    public static CpuInfo read(SystemFiles files) {
        CpuInfo info = new CpuInfo();
        String implementer = "";
        for (String line : files.text("proc/cpuinfo").split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String key = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            switch (key) {
                case "processor" -> info.processors++;
                case "CPU implementer" -> implementer = value;
                case "CPU part" -> info.armModels.add(ArmParts.name(implementer, value));
                default -> {}
            }
            if (!value.isEmpty()) {
                info.values.putIfAbsent(key, value);
            }
        }
        return info;
    }

    private String first(String key) {
        return values.getOrDefault(key, "");
    }

    /**
     * How many processors it lists.
     *
     * @return 0 where there is no such file
     */
    public int processors() {
        return processors;
    }

    /**
     * The model. ARM's have numbers, which are looked up; a processor with cores of several kinds has several names.
     *
     * @return its name, empty if unknown
     */
    public String model() {
        String name = first("model name");
        return name.isEmpty() ? String.join(" + ", armModels) : name;
    }

    /**
     * Who made the processor.
     *
     * @return the name as x86 processors say it themselves, or as ARM's number stands for; empty if unknown
     */
    public String vendor() {
        String implementer = first("CPU implementer");
        return implementer.isEmpty() ? first("vendor_id") : ArmParts.vendor(implementer);
    }

    /**
     * What the processor can do and the kernel lets it do, by the kernel's names.
     *
     * @return in the file's order; empty if unknown
     */
    public List<String> features() {
        String line = first("flags").isEmpty() ? first("Features") : first("flags");
        return line.isEmpty() ? List.of() : List.of(line.split(" +"));
    }
}
