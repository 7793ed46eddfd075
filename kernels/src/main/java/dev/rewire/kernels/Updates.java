package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a training step that are no products: optimiser updates over weights and what lies on their places (gradient, slots), and the
 * gradient of a bias. Operands are checked as those of products are; an update that ends in an Error leaves the weights undefined.
 *
 * <p>What decays does not stop at zero but among the subnormal floats, with which many processors compute 10 to 30 times as slowly. So weights,
 * velocities and first moments below 2⁻¹⁰⁰ become zero, and so do both moments of Adam where the second is below 2⁻¹²⁶, that is, gradients have long been
 * below 2⁻⁵⁸ or so.
 */
public final class Updates {
    private static final int ELEMENTS_OF_TASK = 64 * 1024;

    private Updates() {}

    /**
     * One step of stochastic gradient descent: {@code g = dw + decay·w; v = momentum·v + g; w −= rate·(nesterov ? g + momentum·v : v)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same pattern
     * @param velocity v, of the same pattern, updated; null if and only if momentum is 0
     * @param rate learning rate, finite
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead (Nesterov momentum in the form of Sutskever et al. 2013)
     * @param decay weight decay, added to the gradient as {@code decay·w}; finite, at least 0
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void sgd(
            BlockSparseMatrix w,
            BlockSparseMatrix dw,
            @Nullable BlockSparseMatrix velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float decay,
            Workers workers) {
        Trained matrices = Trained.of(w, workers).with("dw", dw);
        SgdStep.of(velocity != null, rate, momentum, nesterov, decay)
                .run(velocity == null ? matrices : matrices.with("velocity", velocity));
    }

    /**
     * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): {@code g = dw + l2·w; m = β1·m + (1−β1)·g; v = β2·v +
     * (1−β2)·g²; w −= rate·m̂ / (√v̂ + ε) + rate·decay·w} with {@code m̂ = m / (1−β1ᵗ)} and {@code v̂ = v / (1−β2ᵗ)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same pattern
     * @param first m, of the same pattern, updated
     * @param second v, of the same pattern, updated
     * @param step t, from 1
     * @param settings constants
     * @param rate learning rate, finite
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void adam(
            BlockSparseMatrix w,
            BlockSparseMatrix dw,
            BlockSparseMatrix first,
            BlockSparseMatrix second,
            long step,
            Adam settings,
            float rate,
            Workers workers) {
        AdamStep.of(step, settings, rate)
                .run(Trained.of(w, workers).with("dw", dw).with("first", first).with("second", second));
    }

    /**
     * One step of stochastic gradient descent: {@code g = dw + decay·w; v = momentum·v + g; w −= rate·(nesterov ? g + momentum·v : v)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same pattern
     * @param velocity v, of the same pattern, updated; null if and only if momentum is 0
     * @param rate learning rate, finite
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead (Nesterov momentum in the form of Sutskever et al. 2013)
     * @param decay weight decay, added to the gradient as {@code decay·w}; finite, at least 0
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void sgd(
            SemiStructuredMatrix w,
            SemiStructuredMatrix dw,
            @Nullable SemiStructuredMatrix velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float decay,
            Workers workers) {
        Trained matrices = Trained.of(w, workers).with("dw", dw);
        SgdStep.of(velocity != null, rate, momentum, nesterov, decay)
                .run(velocity == null ? matrices : matrices.with("velocity", velocity));
    }

    /**
     * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): {@code g = dw + l2·w; m = β1·m + (1−β1)·g; v = β2·v +
     * (1−β2)·g²; w −= rate·m̂ / (√v̂ + ε) + rate·decay·w} with {@code m̂ = m / (1−β1ᵗ)} and {@code v̂ = v / (1−β2ᵗ)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same pattern
     * @param first m, of the same pattern, updated
     * @param second v, of the same pattern, updated
     * @param step t, from 1
     * @param settings constants
     * @param rate learning rate, finite
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void adam(
            SemiStructuredMatrix w,
            SemiStructuredMatrix dw,
            SemiStructuredMatrix first,
            SemiStructuredMatrix second,
            long step,
            Adam settings,
            float rate,
            Workers workers) {
        AdamStep.of(step, settings, rate)
                .run(Trained.of(w, workers).with("dw", dw).with("first", first).with("second", second));
    }

    /**
     * One step of stochastic gradient descent: {@code g = dw + decay·w; v = momentum·v + g; w −= rate·(nesterov ? g + momentum·v : v)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same shape, rows next to each other
     * @param velocity v, of the same shape, rows next to each other, updated; null if and only if momentum is 0
     * @param rate learning rate, finite
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead (Nesterov momentum in the form of Sutskever et al. 2013)
     * @param decay weight decay, added to the gradient as {@code decay·w}; finite, at least 0
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void sgd(
            DenseMatrix w,
            DenseMatrix dw,
            @Nullable DenseMatrix velocity,
            float rate,
            float momentum,
            boolean nesterov,
            float decay,
            Workers workers) {
        Trained matrices = Trained.of(w, workers).with("dw", dw);
        SgdStep.of(velocity != null, rate, momentum, nesterov, decay)
                .run(velocity == null ? matrices : matrices.with("velocity", velocity));
    }

    /**
     * One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): {@code g = dw + l2·w; m = β1·m + (1−β1)·g; v = β2·v +
     * (1−β2)·g²; w −= rate·m̂ / (√v̂ + ε) + rate·decay·w} with {@code m̂ = m / (1−β1ᵗ)} and {@code v̂ = v / (1−β2ᵗ)}.
     *
     * @param w weights, updated
     * @param dw their gradient, of the same shape, rows next to each other
     * @param first m, of the same shape, rows next to each other, updated
     * @param second v, of the same shape, rows next to each other, updated
     * @param step t, from 1
     * @param settings constants
     * @param rate learning rate, finite
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, values are not F32, or two matrices share memory
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void adam(
            DenseMatrix w,
            DenseMatrix dw,
            DenseMatrix first,
            DenseMatrix second,
            long step,
            Adam settings,
            float rate,
            Workers workers) {
        AdamStep.of(step, settings, rate)
                .run(Trained.of(w, workers).with("dw", dw).with("first", first).with("second", second));
    }

    /**
     * The constants of Adam.
     *
     * @param beta1 decay of the first moment, 0 to below 1, usually 0.9
     * @param beta2 decay of the second moment, 0 to below 1, usually 0.999
     * @param epsilon added to the root, finite and above 0, usually 1e-8
     * @param l2 weight decay through the gradient (Adam), finite, at least 0
     * @param decay decoupled weight decay (AdamW), finite, at least 0
     */
    public record Adam(float beta1, float beta2, float epsilon, float l2, float decay) {
        /**
         * Checks the constants.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Adam {
            Check.belowOne("beta1", beta1);
            Check.belowOne("beta2", beta2);
            if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "epsilon: " + epsilon + " is out of range; accepted are finite numbers above 0");
            }
            Check.decay("l2", l2);
            Check.decay("decay", decay);
        }
    }

    /**
     * Sums each feature over the batch: the gradient of a bias.
     *
     * @param dy the gradient of the outputs
     * @param sums a 1 × features matrix, overwritten
     * @param workers who computes
     * @throws IllegalArgumentException if the shapes do not fit, or the sums are read-only or share memory with dy
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void sumOverBatch(PanelMatrix dy, DenseMatrix sums, Workers workers) {
        Check.equal("sums.rows", sums.rows(), 1, "a vector");
        Check.equal("sums.cols", sums.cols(), dy.cols(), "features");
        Check.alive("sums", sums.segment());
        workers.checkReach("sums", sums.segment());
        PanelCopying.checkWritable("sums", sums);
        BatchSums.run(dy, sums, workers);
    }

    /**
     * Adds {@code decay·w} to the gradients of the weights that an N:M pattern leaves out: the decay of SR-STE (Zhou et al., "Learning N:M
     * fine-grained structured sparse neural networks from scratch", 2021), which keeps the choice of weights from swinging.
     *
     * @param gradients outputs × inputs, rows next to each other, updated
     * @param weights w, of the same shape, rows next to each other
     * @param kept the weights whose gradients stay as they are, of the same shape
     * @param decay λ, finite, at least 0
     * @param workers who computes
     * @throws IllegalArgumentException if an argument is not as described, or the gradients are read-only or share memory with the weights
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public static void decayMasked(
            DenseMatrix gradients, DenseMatrix weights, NmPattern kept, float decay, Workers workers) {
        check("gradients", gradients, kept, workers);
        check("weights", weights, kept, workers);
        Check.decay("decay", decay);
        PanelCopying.checkWritable("gradients", gradients);
        Check.apart("gradients", gradients, "weights", weights.segment(), weights.extent());
        int cols = kept.cols();
        int rowsOfTask = Math.max(1, ELEMENTS_OF_TASK / Math.max(1, cols));
        MaskKernels kernels = Providers.active().masks();
        MaskCodes codes = new MaskCodes(kept.n(), kept.m(), cols);
        workers.run((kept.rows() + rowsOfTask - 1) / rowsOfTask, (task, worker) -> {
            long[] mask = new long[MaskKernels.words(cols)];
            int end = Math.min((task + 1) * rowsOfTask, kept.rows());
            for (int row = task * rowsOfTask; row < end; row++) {
                codes.unpack(kept.codes(), row, mask);
                long offset = (long) row * cols * Float.BYTES;
                MemorySegment g = gradients.segment();
                kernels.decay(g, offset, cols, 0, weights.segment(), offset, cols, mask, decay, g, offset);
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
}
