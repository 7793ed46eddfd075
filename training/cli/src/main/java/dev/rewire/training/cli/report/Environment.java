package dev.rewire.training.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.rewire.kernels.Provider;
import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.cli.peer.DenseEngine;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run's times depend on beside its settings.
 *
 * @param jdk version of the JDK
 * @param vm the JVM and its vendor
 * @param os operating system and architecture
 * @param cpu model of the CPU
 * @param processors processors that the JVM may use
 * @param kernels which of Rewire's kernels run, and why
 * @param gpu what is known of the device that computes; null on the CPU
 * @param dense who computes the dense network of a comparison; null without one
 * @param capabilities what the machine, the JVM and the kernels can do
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Environment(
        String jdk,
        String vm,
        String os,
        String cpu,
        int processors,
        Kernels kernels,
        @Nullable Map<String, String> gpu,
        @Nullable DenseEngine dense,
        Map<String, @Nullable Object> capabilities) {
    /**
     * Rewire's kernels.
     *
     * @param provider {@code vector} or {@code scalar}
     * @param vectorBits bits of a vector register
     * @param reason why these run
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Kernels(String provider, int vectorBits, String reason) {
        public String text() {
            return provider.equals("vector") ? vectorBits + "-bit vector kernels" : provider + " kernels";
        }
    }

    /** That of this process, in which a run computes. */
    public static Environment of(TrainingRun run, @Nullable DenseEngine dense) {
        return of(run.deviceEnvironment(), dense);
    }

    /** That of this process without a run. */
    public static Environment here() {
        return of(Map.of(), null);
    }

    private static Environment of(Map<String, String> gpu, @Nullable DenseEngine dense) {
        Provider provider = Provider.active();
        return new Environment(
                System.getProperty("java.runtime.version"),
                System.getProperty("java.vm.name") + ", " + System.getProperty("java.vm.vendor"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"),
                Cpu.current().model(),
                Runtime.getRuntime().availableProcessors(),
                new Kernels(provider.name(), provider.vectorBits(), provider.reason()),
                gpu.isEmpty() ? null : gpu,
                dense,
                Capabilities.current().toMap());
    }
}
