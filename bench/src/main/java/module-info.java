/** Measurements, the dense peers, and the commands that measure. */
// XChart, what it draws on, and JMH have no descriptors, and are named after their jars. The benchmarks alone need JMH,
// on the class path.
@SuppressWarnings("requires-automatic")
module dev.rewire.bench {
    opens dev.rewire.bench.cli to
            info.picocli;

    requires VectorGraphics2D;
    requires com.fasterxml.jackson.databind;
    requires dev.rewire.gpu;
    requires dev.rewire.kernels;
    requires dev.rewire.training;
    requires dev.rewire.training.cli;
    requires info.picocli;
    requires java.desktop;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires xchart;
    requires static jmh.core;
    requires static org.jspecify;

    provides dev.rewire.training.backend.DenseBackend with
            dev.rewire.bench.OpenBlasBackend;
    provides dev.rewire.training.backend.NmBackend with
            dev.rewire.bench.gpu.CusparseltBackend;
}
