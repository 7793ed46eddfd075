package dev.rewire.training.product;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a layer once more with every place stored, in the block that the kernels like best, and the products with them. A layer that
 * stores most of its places, as ERK leaves small ones, may be faster so, copying included.
 *
 * <p>It is tried only where sums are formed in the same order, so the choice, which is one of time, changes no result: what is added for a place that is not
 * stored is zero.
 */
final class DenseCopy {
    /** Below this share of stored places copying has never paid (docs/performance.md), and is not tried. */
    private static final double LEAST_DENSITY = 0.4;

    /** Places of a layer whose products take so long that a choice matters. */
    private static final int LEAST_PLACES = 1 << 16;

    /** Outputs of a smaller batch have several sums in some tiles, which are added up at the end. */
    private static final int LEAST_BATCH = 33;

    private static final int BLOCK = 16;
    private static final long TRIAL_NANOS = 300_000_000;

    private final BlockSparseMatrix weights;
    private final BlockSparseMatrix copy;
    private final SpmmPlan forward;
    private final @Nullable SpmmPlan backwardInput;
    private final LayerBuffers buffers;
    private final Workers workers;
    private String measured = "";

    /** As {@link #ifFaster}, whatever is faster. */
    DenseCopy(
            KernelArena arena,
            BlockSparseMatrix weights,
            Epilogue end,
            @Nullable Epilogue backwardEnd,
            LayerBuffers buffers,
            Workers workers) {
        this.weights = weights;
        this.buffers = buffers;
        this.workers = workers;
        int batch = buffers.x().rows();
        copy = BlockSparseMatrix.allocate(
                arena,
                BlockPattern.full(weights.pattern().rows(), weights.pattern().cols(), BLOCK, BLOCK));
        forward = SpmmPlan.forward(arena, copy, batch, Layout.PANELS, end, workers);
        backwardInput = backwardEnd == null
                ? null
                : SpmmPlan.backwardInput(arena, copy, batch, Layout.PANELS, backwardEnd, workers);
    }

    /** Bytes of the copy and its index, and of what plans hold. */
    long heldBytes() {
        return copy.values().byteSize()
                + copy.pattern().indexBytes()
                + forward.heldBytes()
                + (backwardInput == null ? 0 : backwardInput.heldBytes());
    }

    /**
     * Times a step of both on the layer's buffers, whose outputs it overwrites.
     *
     * @param arena where the copy's memory comes from
     * @param weights the weights
     * @param end of the forward product
     * @param backwardEnd of the product with the gradient, or null if there is none
     * @param buffers the layer's
     * @param workers who computes
     * @param sparse the products without a copy
     * @return the products with a copy, or null if those without are as fast
     */
    static @Nullable DenseCopy ifFaster(
            KernelArena arena,
            BlockSparseMatrix weights,
            Epilogue end,
            @Nullable Epilogue backwardEnd,
            LayerBuffers buffers,
            Workers workers,
            Runnable sparse) {
        BlockPattern pattern = weights.pattern();
        boolean alike = pattern.blockRows() >= BLOCK && pattern.blockCols() >= BLOCK;
        boolean small = (long) pattern.rows() * pattern.cols() < LEAST_PLACES;
        if (alike
                || small
                || pattern.density() < LEAST_DENSITY
                || !isSummedAlike(pattern, buffers.x().rows())) {
            return null;
        }
        DenseCopy dense = new DenseCopy(arena, weights, end, backwardEnd, buffers, workers);
        Runnable withCopy = () -> {
            dense.forward();
            dense.backwardInput();
        };
        // The first runs are the interpreter's.
        sparse.run();
        withCopy.run();
        long stop = System.nanoTime() + TRIAL_NANOS;
        long bestSparse = Long.MAX_VALUE;
        long bestDense = Long.MAX_VALUE;
        do {
            bestSparse = Math.min(bestSparse, time(sparse));
            bestDense = Math.min(bestDense, time(withCopy));
        } while (System.nanoTime() < stop);
        if (bestDense >= bestSparse) {
            return null;
        }
        dense.measured = String.format(
                Locale.ROOT,
                "dense, %.3f ms forward and back where %s takes %.3f ms",
                bestDense / 1e6,
                pattern,
                bestSparse / 1e6);
        return dense;
    }

    /** Blocks of one output and several inputs have two sums for each output. */
    private static boolean isSummedAlike(BlockPattern pattern, int batch) {
        int least = Math.min(pattern.blockRows(), pattern.blockCols());
        return batch >= LEAST_BATCH && (least > 1 || pattern.blockRows() == pattern.blockCols());
    }

    private static long time(Runnable products) {
        long start = System.nanoTime();
        products.run();
        return System.nanoTime() - start;
    }

    /** Takes over the weights, too: they change between steps, and each step begins here. */
    void forward() {
        weights.copyInto(copy, workers);
        forward.run(buffers.x(), buffers.y());
    }

    void backwardInput() {
        PanelMatrix dx = buffers.dx();
        if (backwardInput != null && dx != null) {
            backwardInput.run(buffers.dy(), dx);
        }
    }

    @Override
    public String toString() {
        return measured;
    }
}
