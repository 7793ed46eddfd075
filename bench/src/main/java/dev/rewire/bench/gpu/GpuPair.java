package dev.rewire.bench.gpu;

import dev.rewire.bench.Times;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuDenseMatmul;
import dev.rewire.gpu.GpuEpilogue;
import dev.rewire.gpu.GpuMatrix;
import dev.rewire.gpu.GpuSparseMatmul;
import dev.rewire.gpu.GpuSparseMatmul.Pruning;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import dev.rewire.gpu.GpuUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** The sparse product and the dense one on the same operands: {@code Y = X·Wᵀ}, each after its own search. */
final class GpuPair implements AutoCloseable {
    /** Proposals of cuBLASLt's heuristic; it seldom has more. */
    private static final int DENSE_CANDIDATES = 64;

    private static final int RUNS = 5;

    private final GpuContext context;
    private final GpuStream stream;
    private final GpuType type;
    private final int outputs;
    private final int inputs;
    private final GpuTimer timer;
    private final GpuSparseMatmul sparse;
    private final @Nullable GpuDenseMatmul dense;
    private final String denseAbsent;
    private final GpuMatrix w;
    private final GpuMatrix x;
    private final GpuMatrix y;
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /**
     * Takes memory of the device, and prepares the products.
     *
     * @param context of the device
     * @param stream on which everything runs
     * @param type of W and X; Y has its usual result
     * @param outputs rows of W
     * @param inputs columns of W
     * @param batch rows of X
     * @param withDense whether there is a dense product
     */
    GpuPair(GpuContext context, GpuStream stream, GpuType type, int outputs, int inputs, int batch, boolean withDense) {
        this.context = context;
        this.stream = stream;
        this.type = type;
        this.outputs = outputs;
        this.inputs = inputs;
        try {
            timer = new GpuTimer(context, stream);
            closing.push(timer::close);
            sparse = product();
            closing.push(sparse::close);
            w = matrix(type, outputs, inputs, false);
            x = matrix(type, batch, inputs, false);
            y = matrix(type, batch, outputs, true);
            GpuDenseMatmul product = null;
            String absent = "not asked for";
            if (withDense) {
                try {
                    product = GpuDenseMatmul.of(context, type, type.results().getFirst(), outputs, inputs, batch);
                    closing.push(product::close);
                } catch (GpuUnavailableException e) {
                    absent = String.valueOf(e.getMessage());
                }
            }
            dense = product;
            denseAbsent = absent;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private GpuSparseMatmul product() {
        return GpuSparseMatmul.of(context, type, type.results().getFirst(), outputs, inputs, GpuEpilogue.NONE);
    }

    private GpuMatrix matrix(GpuType type, int rows, int cols, boolean result) {
        GpuMatrix matrix = GpuMatrix.allocate(stream, result ? type.results().getFirst() : type.element(), rows, cols);
        closing.push(matrix::close);
        return matrix;
    }

    /** Bytes of the device that a pair takes, about. */
    static long bytes(GpuType type, int outputs, int inputs, int batch) {
        long element = type.element().bits() / Byte.SIZE;
        long result = type.results().getFirst().bits() / Byte.SIZE;
        // W, compressed W, and scratch to compress it; workspaces.
        return 3 * element * outputs * inputs + element * inputs * batch + result * outputs * batch + (64L << 20);
    }

    GpuSparseMatmul sparse() {
        return sparse;
    }

    /** The dense weights, on which the dense product runs, and which {@link #prune} and {@link #compress} take. */
    GpuMatrix w() {
        return w;
    }

    GpuMatrix x() {
        return x;
    }

    /** What was multiplied last. */
    GpuMatrix y() {
        return y;
    }

    /** Whether there is a dense product. */
    boolean hasDense() {
        return dense != null;
    }

    /** Why there is none. */
    String denseAbsent() {
        return denseAbsent;
    }

    /** Time to prune W once, after a run on the same values that is not counted. W is 2:4 afterwards. */
    double prune(Runnable fill) {
        fill.run();
        timer.millis(() -> sparse.prune(w.buffer(), Pruning.STRIP, stream), 1);
        fill.run();
        return timer.millis(() -> sparse.prune(w.buffer(), Pruning.STRIP, stream), 1);
    }

    /** Median time to compress W, which is 2:4. The sparse product has these weights then. */
    double compress() {
        if (!sparse.isPruned(w.buffer(), stream)) {
            throw new IllegalStateException("cuSPARSELt does not find W to be 2:4");
        }
        return timer.median(() -> sparse.compress(w.buffer(), stream), RUNS);
    }

    /**
     * How long the host takes for a sparse product and its plan, in milliseconds. W is 2:4. What is linked and loaded the first time does not count.
     */
    double plan() {
        planNanos();
        return planNanos() / 1e6;
    }

    private long planNanos() {
        long start = System.nanoTime();
        try (GpuSparseMatmul product = product()) {
            long nanos = System.nanoTime() - start;
            product.compress(w.buffer(), stream);
            stream.synchronize();
            start = System.nanoTime();
            product.multiply(x, y, stream);
            nanos += System.nanoTime() - start;
            stream.synchronize();
            return nanos;
        }
    }

    /** Lets both try what they have; the time that the sparse one takes. */
    double search(int iterations) {
        long start = System.nanoTime();
        sparse.search(x, y, iterations, stream);
        double millis = (System.nanoTime() - start) / 1e6;
        if (dense != null) {
            dense.search(w, x, y, DENSE_CANDIDATES, iterations, stream);
        }
        return millis;
    }

    void multiplySparse() {
        sparse.multiply(x, y, stream);
    }

    /** Only if there is a dense product. */
    void multiplyDense() {
        if (dense == null) {
            throw new IllegalStateException(denseAbsent);
        }
        dense.multiply(w, x, y, stream);
    }

    /** Times of the sparse product, then of the dense one if there is one. */
    List<Times> time(double seconds, DoubleConsumer elapsed) {
        List<Runnable> contenders = new ArrayList<>(List.of(this::multiplySparse));
        if (dense != null) {
            contenders.add(this::multiplyDense);
        }
        return timer.inTurns(contenders, seconds, elapsed);
    }

    /** Sets Y to what no product leaves: NaN, or −1 of integers. */
    void spoil() {
        y.buffer().fill((byte) -1, stream);
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
