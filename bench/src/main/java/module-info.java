/** Measurements, the dense peers, and the commands that measure. */
module dev.rewire.bench {
    opens dev.rewire.bench.cli to
            info.picocli;

    requires com.fasterxml.jackson.databind;
    requires dev.rewire.kernels;
    requires dev.rewire.training;
    requires info.picocli;
    requires jdk.management;
    requires me.tongfei.progressbar;
    requires static org.jspecify;

    provides dev.rewire.training.DenseBackend with
            dev.rewire.bench.OpenBlasBackend;
}
