package dev.rewire.kernels;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The loops of a training step that are no products: optimiser updates over values and their slots, and the gradient of a bias. Segments
 * hold floats, may come from any arena and are accessed with checks.
 */
public final class Updates {
    private static final int ELEMENTS_OF_TASK = 64 * 1024;
    private static final int FEATURES_OF_TASK = 256;

    private Updates() {}

    /**
     * One step of stochastic gradient descent: {@code g = gradient + decay·w; v = momentum·v + g; w −= rate·(nesterov ? g + momentum·v :
     * v)}.
     *
     * @param weights w, updated
     * @param gradients as many floats as weights
     * @param velocity v, as many floats as weights, updated
     * @param rate learning rate
     * @param momentum 0 for none
     * @param nesterov whether the step looks ahead (Nesterov momentum in the form of Sutskever et al. 2013)
     * @param decay weight decay, added to the gradient as {@code decay·w}
     * @param workers who computes
     * @throws IllegalArgumentException if a segment is no native memory of floats or differs in size
     */
    public static void sgd(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float decay,
            Workers workers) {
        long count = count(weights, workers);
        check("gradients", gradients, count, workers);
        check("velocity", velocity, count, workers);
        ElementwiseKernels kernels = Providers.active().elementwise();
        workers.run(tasks(count), (task, worker) -> {
            long from = (long) task * ELEMENTS_OF_TASK;
            long to = Math.min(from + ELEMENTS_OF_TASK, count);
            kernels.sgd(weights, gradients, velocity, from, to, rate, momentum, nesterov, decay);
        });
    }

    /**
     * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): {@code g = gradient + l2·w; m = β1·m + (1−β1)·g; v =
     * β2·v + (1−β2)·g²; w −= rate·m̂ / (√v̂ + ε) + rate·decay·w} with {@code m̂ = m / (1−β1ᵗ)} and {@code v̂ = v / (1−β2ᵗ)}.
     *
     * @param weights w, updated
     * @param gradients as many floats as weights
     * @param first m, as many floats as weights, updated
     * @param second v, as many floats as weights, updated
     * @param step t, from 1
     * @param settings rates
     * @param rate learning rate
     * @param workers who computes
     * @throws IllegalArgumentException if a segment is no native memory of floats or differs in size, or step is less than 1
     */
    public static void adam(
            MemorySegment weights,
            MemorySegment gradients,
            MemorySegment first,
            MemorySegment second,
            long step,
            Adam settings,
            float rate,
            Workers workers) {
        Check.range("step", Math.min(step, Integer.MAX_VALUE), 1, Integer.MAX_VALUE);
        long count = count(weights, workers);
        check("gradients", gradients, count, workers);
        check("first", first, count, workers);
        check("second", second, count, workers);
        float correction1 = (float) (1 / (1 - Math.pow(settings.beta1(), (double) step)));
        float correction2 = (float) (1 / (1 - Math.pow(settings.beta2(), (double) step)));
        ElementwiseKernels kernels = Providers.active().elementwise();
        workers.run(tasks(count), (task, worker) -> {
            long from = (long) task * ELEMENTS_OF_TASK;
            long to = Math.min(from + ELEMENTS_OF_TASK, count);
            kernels.adam(
                    weights,
                    gradients,
                    first,
                    second,
                    from,
                    to,
                    rate,
                    settings.beta1(),
                    settings.beta2(),
                    settings.epsilon(),
                    correction1,
                    correction2,
                    settings.l2(),
                    settings.decay());
        });
    }

    /**
     * The constants of Adam.
     *
     * @param beta1 decay of the first moment, usually 0.9
     * @param beta2 decay of the second moment, usually 0.999
     * @param epsilon added to the root, usually 1e-8
     * @param l2 weight decay through the gradient (Adam), or 0
     * @param decay decoupled weight decay (AdamW), or 0
     */
    public record Adam(float beta1, float beta2, float epsilon, float l2, float decay) {}

    /**
     * Sums each feature over the batch: the gradient of a bias.
     *
     * @param dy the gradient of the outputs
     * @param sums a 1 × features matrix, overwritten
     * @param workers who computes
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static void sumOverBatch(PanelMatrix dy, DenseMatrix sums, Workers workers) {
        Check.equal("sums.rows", sums.rows(), 1, "a vector");
        Check.equal("sums.cols", sums.cols(), dy.cols(), "features");
        Check.alive("sums", sums.segment());
        workers.checkReach("sums", sums.segment());
        ElementwiseKernels kernels = Providers.active().elementwise();
        dy.arena().acquire("dy");
        try {
            workers.run((dy.cols() + FEATURES_OF_TASK - 1) / FEATURES_OF_TASK, (task, worker) -> {
                int from = task * FEATURES_OF_TASK;
                int to = Math.min(from + FEATURES_OF_TASK, dy.cols());
                kernels.sumOverBatch(
                        dy.segment(),
                        dy.panelStride() * Float.BYTES,
                        dy.panels(),
                        dy.lanes(),
                        from,
                        to,
                        sums.segment());
            });
        } finally {
            dy.arena().release();
        }
    }

    /**
     * Adds {@code decay·w} to the gradients of the weights that an N:M pattern leaves out: the decay of SR-STE (Zhou et al., "Learning N:M
     * fine-grained structured sparse neural networks from scratch", 2021), which keeps the choice of weights from swinging.
     *
     * @param gradients outputs × inputs, rows next to each other, updated
     * @param weights w, of the same shape, rows next to each other
     * @param kept the weights whose gradients stay as they are, of the same shape
     * @param decay λ
     * @param workers who computes
     * @throws IllegalArgumentException if a shape differs, or a matrix has a row stride
     */
    public static void decayMasked(
            DenseMatrix gradients, DenseMatrix weights, NmPattern kept, float decay, Workers workers) {
        check("gradients", gradients, kept, workers);
        check("weights", weights, kept, workers);
        int cols = kept.cols();
        int rowsOfTask = Math.max(1, ELEMENTS_OF_TASK / Math.max(1, cols));
        workers.run((kept.rows() + rowsOfTask - 1) / rowsOfTask, (task, worker) -> {
            float[] g = new float[cols];
            float[] w = new float[cols];
            float[] keptGradients = new float[kept.rowElements()];
            int[] columns = new int[kept.rowElements()];
            int end = Math.min((task + 1) * rowsOfTask, kept.rows());
            for (int row = task * rowsOfTask; row < end; row++) {
                long offset = (long) row * cols * Float.BYTES;
                MemorySegment.copy(gradients.segment(), ValueLayout.JAVA_FLOAT, offset, g, 0, cols);
                MemorySegment.copy(weights.segment(), ValueLayout.JAVA_FLOAT, offset, w, 0, cols);
                kept.columns(row, columns);
                // All decay, and then the kept ones are as before: a loop without a branch.
                for (int element = 0; element < keptGradients.length; element++) {
                    keptGradients[element] = g[columns[element]];
                }
                for (int col = 0; col < cols; col++) {
                    g[col] += decay * w[col];
                }
                for (int element = 0; element < keptGradients.length; element++) {
                    g[columns[element]] = keptGradients[element];
                }
                MemorySegment.copy(g, 0, gradients.segment(), ValueLayout.JAVA_FLOAT, offset, cols);
            }
        });
    }

    private static void check(String argument, DenseMatrix matrix, NmPattern pattern, Workers workers) {
        Check.equal(argument + ".rows", matrix.rows(), pattern.rows(), "rows of the pattern");
        Check.equal(argument + ".cols", matrix.cols(), pattern.cols(), "columns of the pattern");
        Check.equal(argument + ".rowStride", matrix.rowStride(), pattern.cols(), "rows next to each other");
        Check.alive(argument, matrix.segment());
        workers.checkReach(argument, matrix.segment());
    }

    private static long count(MemorySegment weights, Workers workers) {
        check("weights", weights, weights.byteSize() / Float.BYTES, workers);
        return weights.byteSize() / Float.BYTES;
    }

    private static void check(String argument, MemorySegment segment, long floats, Workers workers) {
        Check.floats(argument, segment, floats);
        Check.equal(argument + ".byteSize", segment.byteSize(), floats * Float.BYTES, "as many floats as weights");
        workers.checkReach(argument, segment);
    }

    private static int tasks(long count) {
        return (int) ((count + ELEMENTS_OF_TASK - 1) / ELEMENTS_OF_TASK);
    }
}
