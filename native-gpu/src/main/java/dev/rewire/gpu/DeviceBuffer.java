package dev.rewire.gpu;

import java.lang.foreign.MemorySegment;

/**
 * Memory of a device, aligned to at least 256 bytes. What it holds at first is undefined.
 *
 * <p>Copies follow the order of a stream. With memory of a {@link PinnedArena} they return at once, and that arena waits for them before it frees
 * anything; with any other native memory they return when the bytes are copied. Heap segments are refused: the garbage collector moves them.
 *
 * <p>Closing waits for work that the device has begun.
 */
public final class DeviceBuffer extends GpuObject {
    private final long byteSize;
    private final long address;

    private DeviceBuffer(GpuContext context, long byteSize) {
        super(context);
        this.byteSize = byteSize;
        address = context.create(out -> context.cuda.cuMemAlloc(out, byteSize), "cuMemAlloc", byteSize + " bytes");
        closing.add(() -> context.release(context.cuda.cuMemFree(address), "cuMemFree", this));
    }

    /**
     * Allocates memory.
     *
     * @param context of the device
     * @param byteSize at least 1
     * @return the memory, which the caller closes
     * @throws GpuException if there is not as much
     */
    public static DeviceBuffer allocate(GpuContext context, long byteSize) {
        if (byteSize < 1) {
            throw new IllegalArgumentException(
                    "byteSize: " + byteSize + " is out of range; accepted are 1 to the memory of the device");
        }
        return context.own(new DeviceBuffer(context, byteSize));
    }

    /**
     * Size of the memory.
     *
     * @return bytes
     */
    public long byteSize() {
        return byteSize;
    }

    /**
     * Where the memory is, for other libraries: no address of the host.
     *
     * @return a {@code CUdeviceptr}
     */
    public long address() {
        checkOpen();
        return address;
    }

    /**
     * Copies from the host.
     *
     * @param offset bytes from the start of this memory
     * @param source native, as long as the copy
     * @param stream whose order the copy follows
     * @throws IllegalArgumentException if an argument is not as described
     */
    public void copyFrom(long offset, MemorySegment source, GpuStream stream) {
        enter();
        checkCopy("source", source, offset, stream);
        context.check(
                context.cuda.cuMemcpyHtoDAsync(address + offset, source, source.byteSize(), stream.handle()),
                "cuMemcpyHtoDAsync",
                this,
                source.byteSize() + " bytes");
        waitForPageable(source, stream);
    }

    /**
     * Copies to the host.
     *
     * @param offset bytes from the start of this memory
     * @param target native, as long as the copy
     * @param stream whose order the copy follows
     * @throws IllegalArgumentException if an argument is not as described
     */
    public void copyTo(long offset, MemorySegment target, GpuStream stream) {
        enter();
        checkCopy("target", target, offset, stream);
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("target: a read-only segment; accepted are writable ones");
        }
        context.check(
                context.cuda.cuMemcpyDtoHAsync(target, address + offset, target.byteSize(), stream.handle()),
                "cuMemcpyDtoHAsync",
                this,
                target.byteSize() + " bytes");
        waitForPageable(target, stream);
    }

    /**
     * Sets every byte.
     *
     * @param value of each byte
     * @param stream whose order this follows
     */
    public void fill(byte value, GpuStream stream) {
        enter();
        checkPeer("stream", stream);
        context.check(
                context.cuda.cuMemsetD8Async(address, value, byteSize, stream.handle()),
                "cuMemsetD8Async",
                this,
                value);
    }

    private void waitForPageable(MemorySegment segment, GpuStream stream) {
        if (!context.isPinned(segment)) {
            stream.synchronize();
        }
    }

    private void checkCopy(String argument, MemorySegment segment, long offset, GpuStream stream) {
        checkPeer("stream", stream);
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    argument + ": a heap segment; accepted are native segments (allocate it from an Arena)");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(argument + ": its arena is closed");
        }
        if (offset < 0 || offset > byteSize || segment.byteSize() > byteSize - offset) {
            throw new IllegalArgumentException(argument + ": " + segment.byteSize() + " bytes at offset " + offset
                    + " do not fit; accepted is what lies within 0 to " + byteSize);
        }
    }

    @Override
    public String toString() {
        return "DeviceBuffer of " + byteSize + " bytes";
    }
}
