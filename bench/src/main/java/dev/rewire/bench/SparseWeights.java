package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;

/** Weights W, outputs × inputs, in one of the formats that are measured, and the plans of products with them. */
public sealed interface SparseWeights {
    /**
     * Plans {@code Y = X·Wᵀ} or {@code dX = dY·W}.
     *
     * @param arena where the plan's scratch comes from
     * @param forward which of the two
     * @param batch samples
     * @param layout of the dense operands
     * @param workers who computes
     * @return the plan
     */
    SpmmPlan spmm(KernelArena arena, boolean forward, int batch, Layout layout, Workers workers);

    /**
     * Plans {@code dW = pattern ⊙ (dYᵀ·X)}, whose result is written to these weights.
     *
     * @param arena where the plan's scratch comes from
     * @param batch samples
     * @param layout of the dense operands
     * @param workers who computes
     * @return the plan
     */
    SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, Workers workers);

    /**
     * Zeros with the same pattern.
     *
     * @param arena where the memory comes from
     * @return other weights
     */
    SparseWeights zeros(KernelArena arena);

    /**
     * The values.
     *
     * @return what is stored, in the format's order
     */
    MemorySegment values();

    /**
     * One element.
     *
     * @param row output
     * @param col input
     * @return its value, 0 where none is stored
     */
    float get(int row, int col);

    /**
     * Whether an element is stored, zero or not.
     *
     * @param row output
     * @param col input
     * @return whether the pattern has it
     */
    boolean stores(int row, int col);

    /**
     * Writes the whole matrix, zeros included.
     *
     * @param target outputs × inputs
     */
    void toDense(DenseMatrix target);

    /**
     * Block-sparse.
     *
     * @param matrix the blocks
     */
    record Blocks(BlockSparseMatrix matrix) implements SparseWeights {
        @Override
        public SpmmPlan spmm(KernelArena arena, boolean forward, int batch, Layout layout, Workers workers) {
            return forward
                    ? SpmmPlan.forward(arena, matrix, batch, layout, Epilogue.NONE, workers)
                    : SpmmPlan.backwardInput(arena, matrix, batch, layout, Epilogue.NONE, workers);
        }

        @Override
        public SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, Workers workers) {
            return SddmmPlan.backwardWeight(arena, matrix, batch, layout, false, workers);
        }

        @Override
        public SparseWeights zeros(KernelArena arena) {
            return new Blocks(BlockSparseMatrix.allocate(arena, matrix.pattern()));
        }

        @Override
        public MemorySegment values() {
            return matrix.values();
        }

        @Override
        public float get(int row, int col) {
            return matrix.get(row, col);
        }

        @Override
        public boolean stores(int row, int col) {
            BlockPattern pattern = matrix.pattern();
            return pattern.find(row / pattern.blockRows(), col / pattern.blockCols()) >= 0;
        }

        @Override
        public void toDense(DenseMatrix target) {
            matrix.toDense(target);
        }
    }

    /**
     * N:M.
     *
     * @param matrix the kept elements
     */
    record Nm(SemiStructuredMatrix matrix) implements SparseWeights {
        @Override
        public SpmmPlan spmm(KernelArena arena, boolean forward, int batch, Layout layout, Workers workers) {
            return forward
                    ? SpmmPlan.forward(arena, matrix, batch, layout, Epilogue.NONE, workers)
                    : SpmmPlan.backwardInput(arena, matrix, batch, layout, Epilogue.NONE, workers);
        }

        @Override
        public SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, Workers workers) {
            return SddmmPlan.backwardWeight(arena, matrix, batch, layout, false, workers);
        }

        @Override
        public SparseWeights zeros(KernelArena arena) {
            return new Nm(SemiStructuredMatrix.allocate(arena, matrix.pattern()));
        }

        @Override
        public MemorySegment values() {
            return matrix.values();
        }

        @Override
        public float get(int row, int col) {
            return matrix.get(row, col);
        }

        @Override
        public boolean stores(int row, int col) {
            return matrix.pattern().find(row, col) >= 0;
        }

        @Override
        public void toDense(DenseMatrix target) {
            matrix.toDense(target);
        }
    }
}
