/** Measurements, the dense peers, and the commands that measure. */
@SuppressWarnings(
        "requires-automatic") // JMH has no descriptor; the benchmarks alone need it, and they run on the class path
module dev.rewire.bench {
    opens dev.rewire.bench.cli to
            info.picocli;

    requires com.fasterxml.jackson.databind;
    requires dev.rewire.kernels;
    requires dev.rewire.training;
    requires info.picocli;
    requires jdk.management;
    requires static jmh.core;
    requires static org.jspecify;

    provides dev.rewire.training.DenseBackend with
            dev.rewire.bench.OpenBlasBackend;
}
