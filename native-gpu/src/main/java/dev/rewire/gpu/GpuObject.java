package dev.rewire.gpu;

import java.util.concurrent.atomic.AtomicBoolean;

/** What belongs to a context and has to be given back: once, and not used after it. */
abstract sealed class GpuObject implements AutoCloseable
        permits DeviceBuffer, GpuDenseMatmul, GpuEvent, GpuSparseMatmul, GpuStream, PinnedArena {
    final GpuContext context;

    /** A constructor adds what it has acquired, so that it can give it back where it fails halfway. */
    final Closing closing = new Closing();

    private final AtomicBoolean closed = new AtomicBoolean();

    GpuObject(GpuContext context) {
        this.context = context;
        context.enter();
    }

    /**
     * Gives back what it holds. The second time, nothing happens.
     *
     * @throws GpuException if the device refuses, unless its context is lost anyway
     */
    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            context.close(this);
        }
    }

    final void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException(this + ": closed");
        }
    }

    /** Before every call: this is open, and the context is current on this thread. */
    final void enter() {
        checkOpen();
        context.enter();
    }

    /** Before a call with another object: it is open, and of the same context. */
    final void checkPeer(String argument, GpuObject peer) {
        peer.checkOpen();
        if (peer.context != context) {
            throw new IllegalArgumentException(argument + ": " + peer
                    + " belongs to another context; accepted are objects of the one that " + this + " belongs to");
        }
    }
}
