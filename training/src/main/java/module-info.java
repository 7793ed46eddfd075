/** Training of networks that are sparse from their first step. */
module dev.rewire.training {
    exports dev.rewire.training;
    exports dev.rewire.training.data;

    opens dev.rewire.training.cli to
            com.fasterxml.jackson.databind,
            info.picocli;

    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires transitive dev.rewire.kernels;
    requires static transitive org.jspecify;

    uses dev.rewire.training.DenseBackend;
    uses dev.rewire.training.NmBackend;
}
