package dev.rewire.bench.gpu;

import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuEpilogue;
import dev.rewire.gpu.GpuEpilogue.Activation;
import dev.rewire.gpu.GpuMatrix;
import dev.rewire.gpu.GpuSparseMatmul;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.io.DType;
import dev.rewire.training.backend.NmBackend;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The products of a layer of training. Operands are bf16: it has the range of the floats that they come from, and fp16 would lose the gradients, which
 * are small. The library's own choice of algorithm is kept, as one that a search prefers today may be another tomorrow, with other bits.
 *
 * <p>Panels become samples in rows, in floats; the stream rounds those on their way through its pinned memory.
 */
final class CusparseltProduct implements NmBackend.Product, AutoCloseable {
    static final GpuType TYPE = GpuType.BF16;

    private static final DType ELEMENT = DType.BF16;

    private final NmBackend.Layer layer;
    private final GpuStream stream;
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final GpuSparseMatmul forward;
    private final @Nullable GpuSparseMatmul backward;

    // Samples by features of the layer's two sides, here and there: x and y, then dx and dy.
    private final DenseMatrix hostInputs;
    private final DenseMatrix hostOutputs;
    private final GpuMatrix inputs;
    private final GpuMatrix outputs;

    CusparseltProduct(GpuContext context, GpuStream stream, NmBackend.Layer layer) {
        this.layer = layer;
        this.stream = stream;
        int out = layer.weights().pattern().rows();
        int in = layer.weights().pattern().cols();
        int batch = layer.batch();
        try {
            KernelArena arena = KernelArena.open();
            closing.push(arena::close);
            hostInputs = DenseMatrix.allocate(arena, batch, in);
            hostOutputs = DenseMatrix.allocate(arena, batch, out);
            GpuEpilogue end = new GpuEpilogue(true, layer.relu() ? Activation.RELU : Activation.NONE);
            forward = product(context, out, in, end);
            backward = layer.backwardInput() ? product(context, in, out, GpuEpilogue.NONE) : null;
            inputs = matrix(batch, in);
            outputs = matrix(batch, out);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private GpuSparseMatmul product(GpuContext context, int rows, int cols, GpuEpilogue end) {
        GpuSparseMatmul product = GpuSparseMatmul.of(context, TYPE, ELEMENT, rows, cols, end);
        closing.push(product::close);
        return product;
    }

    private GpuMatrix matrix(int rows, int cols) {
        GpuMatrix matrix = GpuMatrix.allocate(stream, ELEMENT, rows, cols);
        closing.push(matrix::close);
        return matrix;
    }

    @Override
    public void load(Workers workers) {
        forward.assign(layer.weights(), stream);
        forward.assignBias(layer.bias(), stream);
        if (backward != null) {
            try (KernelArena scratch = KernelArena.open()) {
                backward.assign(layer.weights().transpose(scratch), stream);
            }
        }
    }

    @Override
    public void forward(PanelMatrix x, PanelMatrix y, Workers workers) {
        x.unpack(hostInputs, workers);
        inputs.upload(hostInputs, stream);
        forward.multiply(inputs, outputs, stream);
        outputs.download(hostOutputs, stream);
        y.pack(hostOutputs, workers);
    }

    @Override
    public void backwardInput(PanelMatrix dy, PanelMatrix x, PanelMatrix dx, Workers workers) {
        if (backward == null) {
            throw new IllegalStateException("the product of the input's gradient was not asked for");
        }
        dy.unpack(hostOutputs, workers);
        outputs.upload(hostOutputs, stream);
        backward.multiply(outputs, inputs, stream);
        inputs.download(hostInputs, stream);
        dx.pack(hostInputs, workers);
        closeWhereClosed(x.segment(), dx.segment());
    }

    /** Sets gradients to zero that the ReLU before does not let through. Both have the same panels, padding included. */
    private static void closeWhereClosed(MemorySegment relu, MemorySegment gradient) {
        for (long offset = 0; offset < gradient.byteSize(); offset += Float.BYTES) {
            if (!(relu.get(ValueLayout.JAVA_FLOAT, offset) > 0)) {
                gradient.set(ValueLayout.JAVA_FLOAT, offset, 0);
            }
        }
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
