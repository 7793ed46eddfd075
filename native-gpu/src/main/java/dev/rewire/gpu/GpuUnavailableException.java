package dev.rewire.gpu;

/** There is nothing here that the product could run on; the message is the reason, in one line. {@link GpuCapabilities} tells without throwing. */
public final class GpuUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GpuUnavailableException(String reason) {
        super(reason);
    }
}
