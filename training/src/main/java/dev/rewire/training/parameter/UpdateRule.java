package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.MaskedMatrix;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import java.util.List;
import java.util.function.IntConsumer;

/** How values follow their gradient, in each form that they are stored in. */
public interface UpdateRule {
    /**
     * Updates weights in blocks.
     *
     * @param values what is updated
     * @param gradient on the same pattern
     * @param slots a matrix for each slot of the optimiser, on the same pattern, zero before the first update
     * @param update number of this update, from 1
     * @param rate learning rate
     * @param decay whether weight decay applies
     * @param workers who computes
     * @throws IllegalArgumentException if they do not fit
     */
    void update(
            BlockSparseMatrix values,
            BlockSparseMatrix gradient,
            List<BlockSparseMatrix> slots,
            long update,
            double rate,
            boolean decay,
            Workers workers);

    /**
     * Updates weights in N:M.
     *
     * @param values what is updated
     * @param gradient on the same pattern
     * @param slots a matrix for each slot of the optimiser, on the same pattern, zero before the first update
     * @param update number of this update, from 1
     * @param rate learning rate
     * @param decay whether weight decay applies
     * @param workers who computes
     * @throws IllegalArgumentException if they do not fit
     */
    void update(
            SemiStructuredMatrix values,
            SemiStructuredMatrix gradient,
            List<SemiStructuredMatrix> slots,
            long update,
            double rate,
            boolean decay,
            Workers workers);

    /**
     * Updates dense weights or biases.
     *
     * @param values what is updated
     * @param gradient of the same shape
     * @param slots a matrix for each slot of the optimiser, of the same shape, zero before the first update
     * @param update number of this update, from 1
     * @param rate learning rate
     * @param decay whether weight decay applies
     * @param workers who computes
     * @throws IllegalArgumentException if they do not fit
     */
    void update(
            DenseMatrix values,
            DenseMatrix gradient,
            List<DenseMatrix> slots,
            long update,
            double rate,
            boolean decay,
            Workers workers);

    /**
     * Updates all weights of a masked matrix, kept or not, and its copies.
     *
     * @param values what is updated
     * @param gradient of a band of rows, transposed
     * @param band computes it from the given row on
     * @param slots a matrix for each slot of the optimiser, of the same shape, zero before the first update
     * @param update number of this update, from 1
     * @param rate learning rate
     * @param choose whether the mask is chosen anew
     * @throws IllegalArgumentException if they do not fit
     */
    void update(
            MaskedMatrix values,
            PanelMatrix gradient,
            IntConsumer band,
            List<DenseMatrix> slots,
            long update,
            double rate,
            boolean choose);
}
