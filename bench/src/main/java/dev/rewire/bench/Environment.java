package dev.rewire.bench;

import dev.rewire.kernels.Provider;
import dev.rewire.kernels.probe.Cpu;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a measurement ran on.
 *
 * @param jdk version and vendor
 * @param vm name and version
 * @param os name, version and architecture
 * @param cpu model as the system names it
 * @param cores processors that this JVM may use
 * @param jvmFlags what the JVM was given, of {@code -X} and Rewire's own
 * @param variables of the environment that the peers look at
 * @param kernels Rewire's kernels, with the reason why these
 * @param libraries what is known of each native library that took part, by name
 */
public record Environment(
        String jdk,
        String vm,
        String os,
        String cpu,
        int cores,
        List<String> jvmFlags,
        Map<String, String> variables,
        Provider kernels,
        Map<String, Library> libraries) {
    private static final Pattern OF_PEERS = Pattern.compile("(OPENBLAS|GOTO|MKL|OMP|GOMP|KMP|CUDA|NVIDIA)_.*");

    /** Copies; maps are sorted by name. */
    public Environment {
        jvmFlags = List.copyOf(jvmFlags);
        variables = new TreeMap<>(variables);
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
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> flag.startsWith("-X") || flag.startsWith("-Drewire."))
                        .toList(),
                System.getenv().entrySet().stream()
                        .filter(variable -> OF_PEERS.matcher(variable.getKey()).matches())
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                Provider.active(),
                libraries);
    }

    /**
     * This process, with the libraries of some peers.
     *
     * @param peers names out of {@link SpmmBenchmark#PEERS}; those that are absent have no library
     * @param threads of each
     * @return what it runs on
     */
    public static Environment current(List<String> peers, int threads) {
        return current(Peers.libraries(peers, threads));
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
