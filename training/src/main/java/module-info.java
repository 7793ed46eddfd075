/**
 * Training of networks that are sparse from their first step: {@link dev.rewire.training}, whose page has a first training, all of it.
 * {@link dev.rewire.training.data} reads images. The JVM needs the flags of {@code dev.rewire.kernels}.
 */
@SuppressWarnings("module") // the command line is compiled later
module dev.rewire.training {
    exports dev.rewire.training;
    exports dev.rewire.training.data;

    // What a file or a user wrote is printed alike.
    exports dev.rewire.training.internal to
            dev.rewire.training.cli;

    requires transitive dev.rewire.kernels;
    requires static transitive org.jspecify;

    uses dev.rewire.training.NmBackend;
}
