package dev.rewire.bench;

import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;

/** The three products of a sparse layer with weights W, outputs × inputs, and a batch along the rows of X and Y. */
public enum Product {
    /** {@code Y = X·Wᵀ}. */
    FORWARD("forward"),
    /** {@code dX = dY·W}. */
    BACKWARD_INPUT("backward-input"),
    /** {@code dW = pattern ⊙ (dYᵀ·X)}. */
    BACKWARD_WEIGHT("backward-weight");

    private final String option;

    Product(String option) {
        this.option = option;
    }

    /**
     * Plans one of the two products that multiply by the weights, with nothing fused.
     *
     * @param arena where the plan's scratch comes from
     * @param w weights, outputs × inputs
     * @param batch samples
     * @param layout of the dense operands
     * @param workers who computes
     * @param choice whether stored values or a dense matrix is multiplied
     * @return the plan
     * @throws IllegalStateException of the product backward to the weights
     */
    public SpmmPlan spmm(
            KernelArena arena, SparseMatrix w, int batch, Layout layout, Workers workers, PlanChoice choice) {
        return switch (this) {
            case FORWARD -> SpmmPlan.forward(arena, w, batch, layout, Epilogue.NONE, workers, choice);
            case BACKWARD_INPUT -> SpmmPlan.backwardInput(arena, w, batch, layout, Epilogue.NONE, workers, choice);
            case BACKWARD_WEIGHT -> throw new IllegalStateException(this + " writes the weights");
        };
    }

    /**
     * Plans the product backward to the weights, which overwrites them.
     *
     * @param arena where the plan's scratch comes from
     * @param dw outputs × inputs
     * @param batch samples
     * @param layout of the dense operands
     * @param workers who computes
     * @param choice whether stored places alone or all are computed
     * @return the plan
     */
    public static SddmmPlan sddmm(
            KernelArena arena, SparseMatrix dw, int batch, Layout layout, Workers workers, PlanChoice choice) {
        return SddmmPlan.backwardWeight(arena, dw, batch, layout, false, workers, choice);
    }

    /** The name on the command line and in reports. */
    @Override
    public String toString() {
        return option;
    }
}
