package dev.rewire.kernels.internal.system;

import java.util.Map;

/** Names of ARM's numbers, for the cores that servers and boards have; another core is named by its numbers. */
final class ArmParts {
    private static final Map<String, String> VENDORS = Map.of(
            "0x41", "ARM",
            "0x46", "Fujitsu",
            "0x48", "HiSilicon",
            "0x4e", "NVIDIA",
            "0x51", "Qualcomm",
            "0x61", "Apple",
            "0xc0", "Ampere");

    private static final Map<String, String> CORES_OF_ARM = Map.ofEntries(
            Map.entry("0xd03", "Cortex-A53"),
            Map.entry("0xd05", "Cortex-A55"),
            Map.entry("0xd07", "Cortex-A57"),
            Map.entry("0xd08", "Cortex-A72"),
            Map.entry("0xd09", "Cortex-A73"),
            Map.entry("0xd0a", "Cortex-A75"),
            Map.entry("0xd0b", "Cortex-A76"),
            Map.entry("0xd0c", "Neoverse-N1"),
            Map.entry("0xd0d", "Cortex-A77"),
            Map.entry("0xd40", "Neoverse-V1"),
            Map.entry("0xd41", "Cortex-A78"),
            Map.entry("0xd44", "Cortex-X1"),
            Map.entry("0xd46", "Cortex-A510"),
            Map.entry("0xd47", "Cortex-A710"),
            Map.entry("0xd48", "Cortex-X2"),
            Map.entry("0xd49", "Neoverse-N2"),
            Map.entry("0xd4f", "Neoverse-V2"));

    private ArmParts() {}

    static String vendor(String implementer) {
        return VENDORS.getOrDefault(implementer, "implementer " + implementer);
    }

    static String name(String implementer, String part) {
        String known = implementer.equals("0x41") ? CORES_OF_ARM.get(part) : null;
        return known != null ? known : vendor(implementer) + " part " + part;
    }
}
