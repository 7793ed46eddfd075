/**
 * Sparse matrix kernels on off-heap memory: block-sparse matrices of any block from 1×1 (CSR) to 64×64, and the three products that
 * training needs. With {@code X} the batch (samples × inputs) and {@code W} the sparse weights (outputs × inputs):
 *
 * <ul>
 *   <li>forward {@code Y = X·Wᵀ} and backward to the input {@code dX = dY·W}: {@link dev.rewire.kernels.SpmmPlan}
 *   <li>backward to the weights, on stored blocks only, {@code dW = pattern ⊙ (dYᵀ·X)}: {@link dev.rewire.kernels.SddmmPlan}
 *   <li>the same three of convolutions, without im2col: {@link dev.rewire.kernels.ConvPlan}, {@link dev.rewire.kernels.ConvGradient}
 *   <li>self-attention and its gradient, on the same tiles: {@link dev.rewire.kernels.AttentionPlan}, {@link dev.rewire.kernels.AttentionGradient}
 * </ul>
 *
 * A {@link dev.rewire.kernels.SparseMatrix} is one in blocks or an N:M matrix. Arrays of other libraries come in and go out by
 * {@link dev.rewire.kernels.arrays.SparseArrays}, files by {@code dev.rewire.kernels.io}.
 *
 * <p>What depends on the pattern and the shapes is computed once, in a plan; running a plan allocates nothing. All memory is native;
 * everything that kernels run on lives in a {@link dev.rewire.kernels.KernelArena}.
 *
 * {@snippet class="example.Multiply"}
 */
@NullMarked
package dev.rewire.kernels;

import org.jspecify.annotations.NullMarked;
