/** The command {@code train}. */
module dev.rewire.training.cli {
    opens dev.rewire.training.cli to
            info.picocli;
    opens dev.rewire.training.cli.option to
            info.picocli;
    opens dev.rewire.training.cli.peer to
            com.fasterxml.jackson.databind;
    opens dev.rewire.training.cli.report to
            com.fasterxml.jackson.databind;

    requires com.fasterxml.jackson.databind;
    requires dev.rewire.training;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires static org.jspecify;

    uses dev.rewire.training.backend.DenseBackend;
}
