/** The commands that train, and tell of what was trained. */
// XChart and what it draws on have no descriptors, and are named after their jars.
@SuppressWarnings({"module", "requires-automatic"})
module dev.rewire.training.cli {
    // Pages are made alike.
    exports dev.rewire.training.cli.page to
            dev.rewire.bench;

    opens dev.rewire.training.cli to
            info.picocli;
    opens dev.rewire.training.cli.option to
            info.picocli;
    opens dev.rewire.training.cli.peer to
            com.fasterxml.jackson.databind;
    opens dev.rewire.training.cli.report to
            com.fasterxml.jackson.databind;

    requires VectorGraphics2D;
    requires com.fasterxml.jackson.databind;
    requires dev.rewire.training;
    requires info.picocli;
    requires java.desktop;
    requires me.tongfei.progressbar;
    requires xchart;
    requires static org.jspecify;

    uses dev.rewire.training.backend.DenseBackend;
}
