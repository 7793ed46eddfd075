package dev.rewire.kernels.internal.system;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The only user of module {@code jdk.management}, which may be absent: loaded only where it is there. */
final class Management {
    private Management() {}

    static JvmFlags read() {
        HotSpotDiagnosticMXBean hotSpot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (hotSpot == null) {
            return JvmFlags.none("this JVM is not HotSpot");
        }
        Map<String, JvmFlags.Flag> flags = new LinkedHashMap<>();
        for (String name : JvmFlags.NAMES) {
            try {
                VMOption option = hotSpot.getVMOption(name);
                flags.put(
                        name,
                        new JvmFlags.Flag(option.getValue(), option.getOrigin().name()));
            } catch (IllegalArgumentException e) {
                // This JVM has no such flag: UseAVX is x86's, UseSVE ARM's, MaxVectorSize C2's.
            }
        }
        List<String> arguments = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X"))
                .toList();
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        OptionalLong memory = system == null ? OptionalLong.empty() : OptionalLong.of(system.getTotalMemorySize());
        return new JvmFlags(flags, arguments, memory, Optional.empty());
    }
}
