package dev.rewire.bench.jmh;

import dev.rewire.bench.Environment;
import dev.rewire.kernels.probe.Build;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What all benchmarks share. Modest by default; JMH's {@code -f}, {@code -wi}, {@code -i}, {@code -w} and {@code -r} change it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public abstract class Bench {
    /** For JMH. */
    protected Bench() {}

    /** Prints what this fork runs on: kernels fall back quietly, and figures of the wrong ones look like any others. */
    @Setup(Level.Trial)
    public final void announce() {
        Environment here = Environment.current(Map.of());
        System.out.printf(
                "%n# %s; %s kernels, %d bits (%s); JDK %s; %s; %d threads of ours%n",
                Build.current(),
                here.kernels().name(),
                here.kernels().vectorBits(),
                here.kernels().reason(),
                here.jdk(),
                here.cpu(),
                usedThreads());
    }

    /** Threads that share one operation, the calling one included. */
    int usedThreads() {
        return 1;
    }
}
