/** An optional binding to NVIDIA's CUDA driver and cuSPARSELt, found at run time: {@link dev.rewire.gpu}, whose page has a first program. */
@SuppressWarnings("module") // bench is compiled later
module dev.rewire.gpu {
    exports dev.rewire.gpu;

    // Its peers are native libraries, too.
    exports dev.rewire.gpu.internal.library to
            dev.rewire.bench;

    requires transitive dev.rewire.kernels;
    requires static transitive org.jspecify;
}
