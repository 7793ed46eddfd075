package dev.rewire.training.product;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.parameter.BlockParameter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Products of a dense layer on a {@link DenseBackend}. Its weights are stored on the full pattern of 1×1 blocks, whose values are a
 * row-major matrix.
 *
 * <p>Panels of 64 samples would make the library pack the weights once for each panel. So operands are copied into one features × batch
 * matrix each, which costs little beside the products, and each product is one call.
 */
final class BackendProducts implements Products {
    private final DenseBackend backend;
    private final BlockSparseMatrix weights;
    private final DenseMatrix bias;
    private final BlockSparseMatrix gradient;
    private final boolean relu;
    private final LayerBuffers buffers;
    private final int in;
    private final int out;
    private final int batch;

    // Features × batch. The product of the weights finds x and dy as the two before it left them.
    private final MemorySegment inputs;
    private final MemorySegment outputs;
    private final MemorySegment inputGradients;

    BackendProducts(
            DenseBackend backend,
            KernelArena arena,
            BlockParameter parameter,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers) {
        this.backend = backend;
        weights = parameter.values();
        gradient = parameter.gradient();
        this.bias = bias;
        this.relu = relu;
        this.buffers = buffers;
        in = weights.pattern().cols();
        out = weights.pattern().rows();
        batch = buffers.x().rows();
        inputs = arena.allocate((long) in * batch * Float.BYTES);
        outputs = arena.allocate((long) out * batch * Float.BYTES);
        inputGradients = arena.allocate(buffers.dx() == null ? 0 : (long) in * batch * Float.BYTES);
    }

    @Override
    public void forward() {
        gather(buffers.x(), inputs);
        backend.sgemm(false, false, out, batch, in, weights.values(), in, inputs, batch, 0, outputs, batch);
        PanelMatrix y = buffers.y();
        float least = relu ? 0 : Float.NEGATIVE_INFINITY;
        for (int panel = 0; panel < y.panels(); panel++) {
            int samples = samples(y, panel);
            for (int feature = 0; feature < out; feature++) {
                float shift = bias.get(0, feature);
                long from = flatOffset(feature, panel, y);
                long to = panelOffset(feature, panel, y);
                for (int i = 0; i < samples; i++) {
                    float sum = outputs.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + (long) i * Float.BYTES) + shift;
                    y.segment()
                            .set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + (long) i * Float.BYTES, Math.max(sum, least));
                }
            }
        }
    }

    @Override
    public void backwardInput() {
        // Copied even in the first layer, for the product that follows.
        gather(buffers.dy(), outputs);
        PanelMatrix dx = buffers.dx();
        if (dx == null) {
            return;
        }
        backend.sgemm(true, false, in, batch, out, weights.values(), in, outputs, batch, 0, inputGradients, batch);
        MemorySegment mask = buffers.x().segment();
        for (int panel = 0; panel < dx.panels(); panel++) {
            int samples = samples(dx, panel);
            for (int feature = 0; feature < in; feature++) {
                long from = flatOffset(feature, panel, dx);
                long to = panelOffset(feature, panel, dx);
                for (int i = 0; i < samples; i++) {
                    long lane = (long) i * Float.BYTES;
                    float sum = inputGradients.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + lane);
                    boolean open = !buffers.rectified() || mask.get(ValueLayout.JAVA_FLOAT_UNALIGNED, to + lane) > 0;
                    dx.segment().set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + lane, open ? sum : 0);
                }
            }
        }
    }

    @Override
    public void backwardWeights() {
        backend.sgemm(false, true, out, in, batch, outputs, batch, inputs, batch, 0, gradient.values(), in);
    }

    @Override
    public void rewired() {
        throw new IllegalStateException("a dense layer on " + backend.name() + " cannot be rewired");
    }

    @Override
    public String toString() {
        return "dense on " + backend.name();
    }

    private void gather(PanelMatrix panels, MemorySegment flat) {
        for (int panel = 0; panel < panels.panels(); panel++) {
            long bytes = (long) samples(panels, panel) * Float.BYTES;
            for (int feature = 0; feature < panels.cols(); feature++) {
                MemorySegment.copy(
                        panels.segment(),
                        panelOffset(feature, panel, panels),
                        flat,
                        flatOffset(feature, panel, panels),
                        bytes);
            }
        }
    }

    private int samples(PanelMatrix panels, int panel) {
        return Math.min(panels.lanes(), batch - panel * panels.lanes());
    }

    private long flatOffset(int feature, int panel, PanelMatrix panels) {
        return ((long) feature * batch + (long) panel * panels.lanes()) * Float.BYTES;
    }

    private static long panelOffset(int feature, int panel, PanelMatrix panels) {
        return (panel * panels.panelStride() + (long) feature * panels.lanes()) * Float.BYTES;
    }
}
