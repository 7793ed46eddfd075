/** The command {@code train}. */
module dev.rewire.training.cli {
    opens dev.rewire.training.cli to
            com.fasterxml.jackson.databind,
            info.picocli;

    requires com.fasterxml.jackson.databind;
    requires dev.rewire.training;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires static org.jspecify;

    uses dev.rewire.training.backend.DenseBackend;
}
