package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_PRUNE_SPMMA_STRIP;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_PRUNE_SPMMA_TILE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_SPARSITY_50_PERCENT;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_OPERATION_NON_TRANSPOSE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_ORDER_ROW;

import dev.rewire.gpu.GpuSparseMatmul.Pruning;
import dev.rewire.gpu.internal.binding.CusparseLt;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A sparse matrix on a device, row-major: from the host, with its zeros, to the form that the library multiplies. That form depends on the matrix's
 * descriptor alone, so one copy serves the plans of all batches.
 */
final class DeviceWeights {
    private static final long ALIGNMENT = 256;

    /**
     * Bytes behind a compressed matrix. Kernels of Hopper (0.8.0) read metadata in pieces of 64 rows × 128 inputs, 1 KiB, where the matrix ends before: 512 bytes
     * more than the library asks for were seen. This is the piece of 256 rows.
     */
    private static final long BEHIND = 4096;

    private final GpuContext context;
    private final CusparseLt library;
    private final GpuShape shape;
    private final MemorySegment descriptor;
    private final DeviceBuffer compressed;
    private final long bufferBytes;

    /**
     * Room for a matrix.
     *
     * @param context of the device; its lock is held
     * @param shape whose weights these are
     * @param closing takes what has to be given back
     */
    DeviceWeights(GpuContext context, GpuShape shape, Closing closing) {
        this.context = context;
        this.shape = shape;
        library = context.sparse;
        Arena arena = Arena.ofShared();
        closing.add(arena::close);
        descriptor = GpuContext.struct(arena);
        context.check(
                library,
                library.cusparseLtStructuredDescriptorInit(
                        context.handle(),
                        descriptor,
                        shape.outputs(),
                        shape.inputs(),
                        shape.inputs(),
                        SparsePlan.ALIGNMENT,
                        Elements.cuda(shape.type().element()),
                        CUSPARSE_ORDER_ROW,
                        CUSPARSELT_SPARSITY_50_PERCENT),
                "cusparseLtStructuredDescriptorInit",
                shape);
        closing.add(this::destroy);
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment buffer = arena.allocate(ValueLayout.JAVA_LONG);
        context.check(
                library,
                library.cusparseLtSpMMACompressedSize2(context.handle(), descriptor, size, buffer),
                "cusparseLtSpMMACompressedSize2",
                shape);
        bufferBytes = buffer.get(ValueLayout.JAVA_LONG, 0);
        compressed = DeviceBuffer.allocate(context, size.get(ValueLayout.JAVA_LONG, 0) + BEHIND);
        closing.add(compressed::close);
    }

    private void destroy() {
        synchronized (context.lock) {
            context.release(
                    library, library.cusparseLtMatDescriptorDestroy(descriptor), "cusparseLtMatDescriptorDestroy");
        }
    }

    MemorySegment descriptor() {
        return descriptor;
    }

    DeviceBuffer compressed() {
        return compressed;
    }

    /** What the library asks for. */
    long compressedBytes() {
        return compressed.byteSize() - BEHIND;
    }

    long denseBytes() {
        return shape.outputs() * rowBytes();
    }

    private long rowBytes() {
        return (long) shape.inputs() * Elements.bytes(shape.type().element());
    }

    /** What one row of values becomes on the device. */
    private interface Value {
        void set(int element, MemorySegment row, int col);
    }

    /** Takes a matrix of the host, through the scratch memory of the stream: the dense form lies behind what its compression needs. */
    void assign(SemiStructuredMatrix weights, float unit, GpuStream stream) {
        DeviceBuffer scratch = stream.scratch(offsetOfDense() + denseBytes());
        upload(weights, unit, scratch, offsetOfDense(), stream);
        compress(scratch.address() + offsetOfDense(), scratch.address(), stream);
    }

    void assign(NmPattern places, MemorySegment bytes, GpuStream stream) {
        DeviceBuffer scratch = stream.scratch(offsetOfDense() + denseBytes());
        upload(
                places,
                scratch,
                offsetOfDense(),
                stream,
                (element, row, col) -> row.set(ValueLayout.JAVA_BYTE, col, bytes.get(ValueLayout.JAVA_BYTE, element)));
        compress(scratch.address() + offsetOfDense(), scratch.address(), stream);
    }

    void upload(SemiStructuredMatrix weights, float unit, DeviceBuffer target, long offset, GpuStream stream) {
        DType type = shape.type().element();
        MemorySegment values = weights.values();
        upload(
                weights.pattern(),
                target,
                offset,
                stream,
                (element, row, col) ->
                        Elements.set(type, row, col, weights.type().get(values, element) / unit));
    }

    private void upload(NmPattern places, DeviceBuffer target, long offset, GpuStream stream, Value value) {
        Rows.upload(target, offset, places.rows(), rowBytes(), stream, (row, bytes) -> {
            bytes.fill((byte) 0);
            int element = row * places.rowElements();
            for (int group = 0; group < places.groups(); group++) {
                for (int k = 0; k < places.n(); k++, element++) {
                    value.set(element, bytes, group * places.m() + places.index(row, group, k));
                }
            }
        });
    }

    private long offsetOfDense() {
        return (bufferBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    void prune(DeviceBuffer dense, Pruning pruning, GpuStream stream) {
        int algorithm = pruning == Pruning.TILE ? CUSPARSELT_PRUNE_SPMMA_TILE : CUSPARSELT_PRUNE_SPMMA_STRIP;
        synchronized (context.lock) {
            context.check(
                    library,
                    library.cusparseLtSpMMAPrune2(
                            context.handle(),
                            descriptor,
                            1,
                            CUSPARSE_OPERATION_NON_TRANSPOSE,
                            dense.address(),
                            dense.address(),
                            algorithm,
                            stream.handle()),
                    "cusparseLtSpMMAPrune2",
                    pruning);
        }
    }

    boolean isPruned(DeviceBuffer dense, GpuStream stream) {
        DeviceBuffer answer = stream.scratch(Integer.BYTES);
        synchronized (context.lock) {
            context.check(
                    library,
                    library.cusparseLtSpMMAPruneCheck2(
                            context.handle(),
                            descriptor,
                            1,
                            CUSPARSE_OPERATION_NON_TRANSPOSE,
                            dense.address(),
                            answer.address(),
                            stream.handle()),
                    "cusparseLtSpMMAPruneCheck2");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment invalid = arena.allocate(ValueLayout.JAVA_INT);
            answer.copyTo(0, invalid, stream);
            return invalid.get(ValueLayout.JAVA_INT, 0) == 0;
        }
    }

    void compress(DeviceBuffer dense, GpuStream stream) {
        compress(dense.address(), stream.workspace(bufferBytes), stream);
    }

    private void compress(long dense, long buffer, GpuStream stream) {
        synchronized (context.lock) {
            context.check(
                    library,
                    library.cusparseLtSpMMACompress2(
                            context.handle(),
                            descriptor,
                            1,
                            CUSPARSE_OPERATION_NON_TRANSPOSE,
                            dense,
                            compressed.address(),
                            buffer,
                            stream.handle()),
                    "cusparseLtSpMMACompress2",
                    shape);
        }
    }
}
