package dev.rewire.kernels.internal.system;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/** How long the JVM's compilers have worked. */
public final class JitTime {
    private JitTime() {}

    /**
     * Who tells it.
     *
     * @return milliseconds, of all compilers together; always 0 where the JVM does not say (no module java.management)
     */
    public static LongSupplier millis() {
        try {
            CompilationMXBean jit = ManagementFactory.getCompilationMXBean();
            if (jit != null && jit.isCompilationTimeMonitoringSupported()) {
                return jit::getTotalCompilationTime;
            }
        } catch (LinkageError e) {
            // Said above.
        }
        return () -> 0;
    }
}
