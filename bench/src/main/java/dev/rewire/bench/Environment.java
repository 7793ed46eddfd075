package dev.rewire.bench;

import dev.rewire.kernels.Provider;
import dev.rewire.kernels.probe.Cpu;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a measurement ran on.
 *
 * @param jdk version and vendor
 * @param vm name and version
 * @param os name, version and architecture
 * @param cpu model as the system names it
 * @param cores processors that this JVM may use
 * @param kernels Rewire's kernels, with the reason why these
 * @param libraries what is known of each native library that took part, by name
 */
public record Environment(
        String jdk, String vm, String os, String cpu, int cores, Provider kernels, Map<String, Library> libraries) {
    /** Copies the map, sorted by name. */
    public Environment {
        libraries = new TreeMap<>(libraries);
    }

    /**
     * A native library.
     *
     * @param version as the library says
     * @param config how it was built, as it says
     * @param core the processor whose kernels it runs
     * @param path where it was found
     */
    public record Library(String version, String config, String core, String path) {}

    /**
     * This process.
     *
     * @param libraries native libraries that take part, by name
     * @return what it runs on
     */
    public static Environment current(Map<String, Library> libraries) {
        return new Environment(
                property("java.version") + " (" + property("java.vendor.version", "java.vendor") + ")",
                property("java.vm.name") + " " + property("java.vm.version"),
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                Cpu.current().model(),
                Runtime.getRuntime().availableProcessors(),
                Provider.active(),
                libraries);
    }

    /** The first of some system properties that is set. */
    private static String property(String... names) {
        for (String name : names) {
            String value = System.getProperty(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "unknown";
    }
}
