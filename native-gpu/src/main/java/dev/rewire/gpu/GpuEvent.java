package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_ERROR_NOT_READY;

/** A mark in a stream: it tells when the work before it is done, and how long what lies between two of them took. */
public final class GpuEvent extends GpuObject {
    private final long handle;

    private GpuEvent(GpuContext context) {
        super(context);
        handle = context.create(out -> context.cuda.cuEventCreate(out, 0), "cuEventCreate", 0);
        closing.add(() -> context.release(context.cuda.cuEventDestroy(handle), "cuEventDestroy", this));
    }

    /**
     * Creates an event.
     *
     * @param context of the device
     * @return the event, which the caller closes
     */
    public static GpuEvent create(GpuContext context) {
        return context.own(new GpuEvent(context));
    }

    /**
     * Puts the mark behind the work that a stream has so far; an earlier mark of this event is forgotten.
     *
     * @param stream where
     */
    public void record(GpuStream stream) {
        enter();
        checkPeer("stream", stream);
        context.check(context.cuda.cuEventRecord(handle, stream.handle()), "cuEventRecord", this, stream);
    }

    /**
     * Waits until the work before the mark is done.
     *
     * @throws GpuException also if earlier work has failed
     */
    public void synchronize() {
        enter();
        context.check(context.cuda.cuEventSynchronize(handle), "cuEventSynchronize", this);
    }

    /**
     * Whether the work before the mark is done.
     *
     * @return true if it is, or nothing was recorded
     * @throws GpuException also if earlier work has failed
     */
    public boolean isDone() {
        enter();
        int status = context.cuda.cuEventQuery(handle);
        if (status == CUDA_ERROR_NOT_READY) {
            return false;
        }
        context.check(status, "cuEventQuery", this);
        return true;
    }

    /**
     * The time between two marks, both of them reached.
     *
     * @param start the earlier mark
     * @return milliseconds, to about half a microsecond
     * @throws GpuException if one was not recorded, or is not reached yet
     */
    public float millisecondsSince(GpuEvent start) {
        enter();
        checkPeer("start", start);
        int bits = context.createInt(
                out -> context.cuda.cuEventElapsedTime(out, start.handle, handle), "cuEventElapsedTime", start, this);
        return Float.intBitsToFloat(bits);
    }

    long handle() {
        return handle;
    }

    @Override
    public String toString() {
        return "GpuEvent 0x" + Long.toHexString(handle);
    }
}
