package dev.rewire.gpu;

import static dev.rewire.gpu.StubDevice.assertNothingLives;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who is closed is so once, and says so. */
class OwnersTest {
    private GpuContext context;
    private GpuStream stream;

    @BeforeEach
    void open() {
        StubDevice.reset();
        context = StubDevice.open();
        stream = GpuStream.open(context);
    }

    @AfterEach
    void close() {
        if (context != null) {
            stream.close();
            context.close();
            assertNothingLives("after the test");
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        List<AutoCloseable> owners = List.of(
                DeviceBuffer.allocate(context, 8),
                PinnedArena.open(context),
                GpuStream.open(context),
                GpuEvent.create(context),
                GpuMatrix.allocate(stream, DType.F16, 1, 1),
                GpuSparseMatmul.of(context, GpuType.F16, DType.F16, 32, 32, GpuEpilogue.NONE),
                GpuDenseMatmul.of(context, GpuType.F16, DType.F16, 32, 32, 1));
        for (AutoCloseable owner : owners) {
            closeTwice(owner);
        }
        stream.close();
        context.close();
        assertNothingLives("after all");
        context.close();
    }

    private static void closeTwice(AutoCloseable owner) {
        try {
            owner.close();
            owner.close();
        } catch (Exception e) {
            throw new AssertionError(owner.toString(), e);
        }
    }

    @Test
    void aClosedBufferIsNotUsed() {
        DeviceBuffer buffer = DeviceBuffer.allocate(context, 8);
        buffer.close();
        assertClosed("DeviceBuffer of 8 bytes: closed", () -> buffer.fill((byte) 0, stream));
        assertClosed("DeviceBuffer of 8 bytes: closed", buffer::address);
    }

    @Test
    void aClosedStreamTakesNoWork() {
        GpuStream other = GpuStream.open(context);
        other.close();
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            assertClosed(other + ": closed", () -> buffer.fill((byte) 0, other));
        }
    }

    @Test
    void aClosedEventIsNotRecorded() {
        GpuEvent event = GpuEvent.create(context);
        event.close();
        assertClosed(event + ": closed", () -> event.record(stream));
    }

    @Test
    void aClosedArenaAllocatesNothing() {
        PinnedArena arena = PinnedArena.open(context);
        MemorySegment segment = arena.allocate(8);
        arena.close();
        assertClosed("PinnedArena of 1 allocations: closed", () -> arena.allocate(8));
        assertTrue(!segment.scope().isAlive());
    }

    @Test
    void aClosedProductDoesNotMultiply() {
        GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.F16, DType.F16, 32, 32, GpuEpilogue.NONE);
        matmul.close();
        try (GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 1, 32)) {
            assertClosed("GpuSparseMatmul 32×32, F16 to F16: closed", () -> matmul.multiply(x, x, stream));
        }
    }

    @Test
    void aClosedMatrixIsNotMultiplied() {
        GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 1, 32);
        x.close();
        try (GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.F16, DType.F16, 32, 32, GpuEpilogue.NONE)) {
            assertClosed("DeviceBuffer of 1024 bytes: closed", () -> matmul.multiply(x, x, stream));
        }
    }

    @Test
    void aClosedContextMakesNothing() {
        GpuContext other = StubDevice.open();
        other.close();
        assertClosed("GpuContext of device 0: closed", () -> GpuStream.open(other));
        assertClosed("GpuContext of device 0: closed", other::freeBytes);
    }

    @Test
    void aContextInUseStaysOpen() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            assertClosed(
                    "GpuContext of device 0: still in use by " + buffer + ", " + stream + "; close that first",
                    context::close);
            buffer.fill((byte) 0, stream);
        }
    }

    @Test
    void twoContextsDoNotMix() {
        try (GpuContext other = StubDevice.open();
                DeviceBuffer buffer = DeviceBuffer.allocate(other, 8)) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> buffer.fill((byte) 0, stream));
            assertEquals(
                    "stream: " + stream + " belongs to another context; accepted are objects of the one that"
                            + " DeviceBuffer of 8 bytes belongs to",
                    e.getMessage());
        }
    }

    @Test
    void aCopyFromPageableMemoryIsDoneWhenItReturns() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            try (Arena memory = Arena.ofConfined()) {
                buffer.copyFrom(0, memory.allocate(8), stream);
            }
            assertTrue(stream.isDone());
        }
    }

    @Test
    void aCopyFromPinnedMemoryIsNotWaitedFor() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8);
                PinnedArena pinned = PinnedArena.open(context)) {
            buffer.copyFrom(0, pinned.allocate(8), stream);
            assertTrue(!stream.isDone());
        }
    }

    private static void assertClosed(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
    }
}
