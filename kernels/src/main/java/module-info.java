/** Sparse matrix formats and their products, off-heap, on the JDK alone. */
module dev.rewire.kernels {
    exports dev.rewire.kernels;
    exports dev.rewire.kernels.arrays;
    exports dev.rewire.kernels.io;
    exports dev.rewire.kernels.measure;
    exports dev.rewire.kernels.probe;
    exports dev.rewire.kernels.prune;

    // These are needed to compile and may be absent at run time: without the Vector API the scalar kernels run.
    requires static jdk.incubator.vector;
    // The flags of the JVM; without it the probe asks otherwise.
    requires static jdk.management;
    requires static transitive org.jspecify;
}
