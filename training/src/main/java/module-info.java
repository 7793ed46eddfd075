/**
 * Training of networks that are sparse from their first step: {@link dev.rewire.training}, whose page has a first training, all of it.
 * {@link dev.rewire.training.data} reads images and texts, {@link dev.rewire.training.data.table} tables. A package knows only those that its page names, and none above it. The JVM needs the flags of {@code dev.rewire.kernels}.
 */
@SuppressWarnings("module") // they are compiled later
module dev.rewire.training {
    exports dev.rewire.training;
    exports dev.rewire.training.backend;
    exports dev.rewire.training.checkpoint;
    exports dev.rewire.training.data;
    exports dev.rewire.training.data.source;
    exports dev.rewire.training.data.table;
    exports dev.rewire.training.layer;
    exports dev.rewire.training.layer.image;
    exports dev.rewire.training.layer.sequence;
    exports dev.rewire.training.loss;
    exports dev.rewire.training.model;
    exports dev.rewire.training.optimizer;
    exports dev.rewire.training.parameter;
    exports dev.rewire.training.random;
    exports dev.rewire.training.rewiring;
    exports dev.rewire.training.rewiring.watch;
    exports dev.rewire.training.setting;

    // What a file or a user wrote is printed alike.
    exports dev.rewire.training.internal to
            dev.rewire.bench,
            dev.rewire.training.cli;

    requires transitive dev.rewire.kernels;
    requires org.apache.commons.csv;
    requires static transitive org.jspecify;

    uses dev.rewire.training.backend.NmBackend;
}
