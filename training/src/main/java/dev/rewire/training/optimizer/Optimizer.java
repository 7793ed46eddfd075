package dev.rewire.training.optimizer;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.MaskedMatrix;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.UpdateRule;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * How weights follow their gradients. The state ("slots") lies beside the weights, in as many floats for each slot, so that a rewiring
 * moves it along; the optimiser itself has settings only.
 *
 * <p>Weight decay is for weights alone: biases are few, do not overfit, and are customarily left out.
 */
public sealed interface Optimizer extends UpdateRule {
    /**
     * Number of slots.
     *
     * @return floats of state for each weight
     */
    int slots();

    /**
     * Stochastic gradient descent: {@code v = momentum·v + g + weightDecay·w; w −= rate·v}, or with Nesterov's momentum {@code w −=
     * rate·(g + weightDecay·w + momentum·v)}. Source of the latter's form: Sutskever et al., "On the importance of initialization and
     * momentum in deep learning", 2013.
     *
     * @param momentum 0 for none, below 1
     * @param nesterov whether the step looks ahead
     * @param weightDecay factor of w in its gradient (L2), at least 0
     */
    record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Sgd {
            requireBelowOne("--momentum", momentum);
            requireDecay(weightDecay);
        }

        @Override
        public int slots() {
            return (float) momentum == 0 ? 0 : 1;
        }

        @Override
        public void update(
                BlockSparseMatrix values,
                BlockSparseMatrix gradient,
                List<BlockSparseMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.sgd(
                    values,
                    gradient,
                    slots() == 0 ? null : slots.get(0),
                    (float) rate,
                    (float) momentum,
                    nesterov,
                    decay ? (float) weightDecay : 0,
                    workers);
        }

        @Override
        public void update(
                SemiStructuredMatrix values,
                SemiStructuredMatrix gradient,
                List<SemiStructuredMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.sgd(
                    values,
                    gradient,
                    slots() == 0 ? null : slots.get(0),
                    (float) rate,
                    (float) momentum,
                    nesterov,
                    decay ? (float) weightDecay : 0,
                    workers);
        }

        @Override
        public void update(
                DenseMatrix values,
                DenseMatrix gradient,
                List<DenseMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.sgd(
                    values,
                    gradient,
                    slots() == 0 ? null : slots.get(0),
                    (float) rate,
                    (float) momentum,
                    nesterov,
                    decay ? (float) weightDecay : 0,
                    workers);
        }

        @Override
        public void update(
                MaskedMatrix values,
                PanelMatrix gradient,
                IntConsumer band,
                List<DenseMatrix> slots,
                long update,
                double rate,
                boolean choose) {
            values.sgd(
                    gradient,
                    band,
                    slots() == 0 ? null : slots.get(0),
                    (float) rate,
                    (float) momentum,
                    nesterov,
                    (float) weightDecay,
                    choose);
        }
    }

    /**
     * Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019).
     *
     * <p>A weight that a rewiring grows starts with zero slots while the count of updates, which corrects their bias, is that of all weights and goes on. So where many updates went
     * before, its first step is (1 − β1)/√(1 − β2) times the rate, 3.2 times with the usual βs, and not once the rate, whatever its gradient is. That is the choice of RigL's code,
     * which resets slots and has one step for all, of JaxPruner, whose masks reset the moments inside of optax' state with its single count, and of Graphcore's DynSparse BERT
     * (m = v = 0); a count of its own for each weight would take a third slot, and no source of these results asks for it. {@code --clip} does not bound it, as it acts on gradients; a smaller
     * β2 does, and so does a lower rate.
     *
     * @param beta1 decay of the first moment, 0 to below 1
     * @param beta2 decay of the second moment, 0 to below 1
     * @param epsilon added to the root of the second moment, above 0
     * @param weightDecay at least 0
     * @param decoupled whether the decay acts on the weights directly (AdamW) or through their gradients (Adam)
     */
    record Adam(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
            implements Optimizer {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Adam {
            requireBelowOne("--beta1", beta1);
            requireBelowOne("--beta2", beta2);
            if (!((float) epsilon > 0 && (float) epsilon < Float.POSITIVE_INFINITY)) {
                throw new InvalidConfigException("--epsilon", epsilon, "numbers above 0 that a float can hold");
            }
            requireDecay(weightDecay);
        }

        @Override
        public int slots() {
            return 2;
        }

        @Override
        public void update(
                BlockSparseMatrix values,
                BlockSparseMatrix gradient,
                List<BlockSparseMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.adam(values, gradient, slots.get(0), slots.get(1), update, settings(decay), (float) rate, workers);
        }

        @Override
        public void update(
                SemiStructuredMatrix values,
                SemiStructuredMatrix gradient,
                List<SemiStructuredMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.adam(values, gradient, slots.get(0), slots.get(1), update, settings(decay), (float) rate, workers);
        }

        @Override
        public void update(
                DenseMatrix values,
                DenseMatrix gradient,
                List<DenseMatrix> slots,
                long update,
                double rate,
                boolean decay,
                Workers workers) {
            Updates.adam(values, gradient, slots.get(0), slots.get(1), update, settings(decay), (float) rate, workers);
        }

        @Override
        public void update(
                MaskedMatrix values,
                PanelMatrix gradient,
                IntConsumer band,
                List<DenseMatrix> slots,
                long update,
                double rate,
                boolean choose) {
            values.adam(gradient, band, slots.get(0), slots.get(1), update, settings(true), (float) rate, choose);
        }

        private Updates.Adam settings(boolean decay) {
            float strength = decay ? (float) weightDecay : 0;
            return new Updates.Adam(
                    (float) beta1, (float) beta2, (float) epsilon, decoupled ? 0 : strength, decoupled ? strength : 0);
        }
    }

    private static void requireBelowOne(String option, double value) {
        if (!(value >= 0 && (float) value < 1)) {
            throw new InvalidConfigException(option, value, "numbers from 0 to below 1");
        }
    }

    private static void requireDecay(double value) {
        if (!(value >= 0 && (float) value < Float.POSITIVE_INFINITY)) {
            throw new InvalidConfigException("--weight-decay", value, "numbers from 0 to " + Float.MAX_VALUE);
        }
    }
}
