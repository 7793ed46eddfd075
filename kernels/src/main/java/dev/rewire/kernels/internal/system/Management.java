package dev.rewire.kernels.internal.system;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

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

    /** What the JVM answers to directives, in the syntax of {@code -XX:CompilerDirectivesFile}. Some 20 ms, most of it for the first use of JMX. */
    static String addCompilerDirectives(String directives) throws IOException, JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Path file = Files.createTempFile("rewire", ".json");
        try {
            Files.writeString(file, directives);
            Object answer = server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "compilerDirectivesAdd",
                    new Object[] {new String[] {file.toString()}},
                    new String[] {String[].class.getName()});
            return String.valueOf(answer);
        } finally {
            Files.delete(file);
        }
    }
}
