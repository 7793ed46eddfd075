package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_ERROR_NOT_READY;
import static dev.rewire.gpu.internal.binding.CudaConstants.CU_STREAM_NON_BLOCKING;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An order of work on a device: what is put on a stream runs after what was put there before, and beside other streams. It keeps the scratch
 * memory of the work that runs on it, which grows to what the largest needs.
 *
 * <p>One thread at a time puts work on a stream.
 */
public final class GpuStream extends GpuObject {
    /** Rows pass through the host in pieces of this size, if it holds one. */
    private static final long STAGING_BYTES = 4 << 20;

    private final long handle;
    private @Nullable DeviceBuffer workspace;
    private @Nullable PinnedArena stagingArena;
    private MemorySegment staging = MemorySegment.NULL;

    private GpuStream(GpuContext context) {
        super(context);
        handle = context.create(
                out -> context.cuda.cuStreamCreate(out, CU_STREAM_NON_BLOCKING),
                "cuStreamCreate",
                CU_STREAM_NON_BLOCKING);
        closing.add(() -> context.release(context.cuda.cuStreamDestroy(handle), "cuStreamDestroy", this));
        closing.add(this::freeScratch);
    }

    /**
     * Opens a stream, which does not wait for the default one.
     *
     * @param context of the device
     * @return the stream, which the caller closes; work on it is finished first
     */
    public static GpuStream open(GpuContext context) {
        return context.own(new GpuStream(context));
    }

    /**
     * Waits until all work is done.
     *
     * @throws GpuException also if earlier work has failed
     */
    public void synchronize() {
        enter();
        context.check(context.cuda.cuStreamSynchronize(handle), "cuStreamSynchronize", this);
    }

    /**
     * Whether all work is done.
     *
     * @return true if none is left
     * @throws GpuException also if earlier work has failed
     */
    public boolean isDone() {
        enter();
        int status = context.cuda.cuStreamQuery(handle);
        if (status == CUDA_ERROR_NOT_READY) {
            return false;
        }
        context.check(status, "cuStreamQuery", this);
        return true;
    }

    /**
     * Lets work that comes from now on wait for another stream.
     *
     * @param event that was recorded there
     */
    public void waitFor(GpuEvent event) {
        enter();
        checkPeer("event", event);
        context.check(context.cuda.cuStreamWaitEvent(handle, event.handle(), 0), "cuStreamWaitEvent", this, event);
    }

    /** Gives scratch memory back, of the device and of the host. The next work takes anew what it needs. */
    public void trim() {
        synchronize();
        freeScratch();
    }

    long handle() {
        return handle;
    }

    /** The address of {@link #scratch}, 0 for no bytes. */
    long workspace(long bytes) {
        return bytes == 0 ? 0 : scratch(bytes).address();
    }

    /** Memory for work that is put on this stream next; what comes after that may use it, too. */
    DeviceBuffer scratch(long bytes) {
        DeviceBuffer held = workspace;
        if (held == null || held.byteSize() < bytes) {
            if (held != null) {
                synchronize();
                workspace = null;
                held.close();
            }
            held = DeviceBuffer.allocate(context, bytes);
            workspace = held;
        }
        return held;
    }

    /** Pinned memory for one row or more; whoever puts a copy of it on the stream waits for that copy. */
    MemorySegment staging(long rowBytes) {
        if (staging.byteSize() < rowBytes || staging.byteSize() == 0) {
            PinnedArena old = stagingArena;
            stagingArena = null;
            staging = MemorySegment.NULL;
            if (old != null) {
                old.close();
            }
            PinnedArena arena = PinnedArena.open(context);
            stagingArena = arena;
            staging = arena.allocate(Math.max(STAGING_BYTES, rowBytes), Long.BYTES);
        }
        return staging;
    }

    private void freeScratch() {
        Closing scratch = new Closing();
        if (workspace != null) {
            scratch.add(workspace::close);
        }
        if (stagingArena != null) {
            scratch.add(stagingArena::close);
        }
        workspace = null;
        stagingArena = null;
        staging = MemorySegment.NULL;
        scratch.run();
    }

    @Override
    public String toString() {
        return "GpuStream 0x" + Long.toHexString(handle);
    }
}
