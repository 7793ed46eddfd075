package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;

/**
 * A product with its plan and operands in one layout.
 *
 * @param run computes it
 * @param result an element of what the last run wrote
 */
record PlannedProduct(Runnable run, Agreement.Element result) {
    static PlannedProduct of(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        return operands.product() == Product.BACKWARD_WEIGHT
                ? sddmm(arena, operands, layout, workers)
                : spmm(arena, operands, layout, workers);
    }

    static SpmmPlan spmmPlan(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        return operands.product() == Product.FORWARD
                ? SpmmPlan.forward(arena, operands.w(), operands.batch(), layout, Epilogue.NONE, workers)
                : SpmmPlan.backwardInput(arena, operands.w(), operands.batch(), layout, Epilogue.NONE, workers);
    }

    private static PlannedProduct spmm(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        SpmmPlan plan = spmmPlan(arena, operands, layout, workers);
        if (layout == Layout.ROW_MAJOR) {
            DenseMatrix y = DenseMatrix.allocate(arena, operands.batch(), operands.cols());
            return new PlannedProduct(() -> plan.run(operands.input(), y), y::get);
        }
        PanelMatrix input = packed(arena, operands.input(), workers);
        PanelMatrix y = PanelMatrix.allocate(arena, operands.batch(), operands.cols());
        return new PlannedProduct(() -> plan.run(input, y), y::get);
    }

    private static PlannedProduct sddmm(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, operands.w().pattern());
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, operands.batch(), layout, false, workers);
        if (layout == Layout.ROW_MAJOR) {
            return new PlannedProduct(() -> plan.run(operands.dy(), operands.x()), dw::get);
        }
        PanelMatrix dy = packed(arena, operands.dy(), workers);
        PanelMatrix x = packed(arena, operands.x(), workers);
        return new PlannedProduct(() -> plan.run(dy, x), dw::get);
    }

    static PanelMatrix packed(KernelArena arena, DenseMatrix matrix, Workers workers) {
        PanelMatrix panels = PanelMatrix.allocate(arena, matrix.rows(), matrix.cols());
        panels.pack(matrix, workers);
        return panels;
    }
}
