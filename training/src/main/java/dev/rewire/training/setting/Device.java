package dev.rewire.training.setting;

/** Where the products of N:M layers are computed. */
public enum Device {
    /** On Rewire's own kernels. */
    CPU,
    /** On a device that a provider of {@code NmBackend} finds: the forward product, and with transposable masks that of the input's gradient. All else is computed as with CPU. */
    GPU;

    /** As on the command line. */
    @Override
    public String toString() {
        return this == CPU ? "cpu" : "gpu";
    }
}
