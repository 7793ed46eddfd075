package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.bench.Transposed;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SparseMatrix;
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

    private static PlannedProduct spmm(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        SpmmPlan plan =
                operands.product().spmm(arena, operands.w(), operands.batch(), layout, workers, PlanChoice.STORED);
        if (layout == Layout.ROW_MAJOR) {
            DenseMatrix y = DenseMatrix.allocate(arena, operands.batch(), operands.cols());
            return new PlannedProduct(() -> plan.run(operands.input(), y), y::get);
        }
        if (layout == Layout.FEATURE_MAJOR) {
            DenseMatrix input = Transposed.of(arena, operands.input());
            DenseMatrix y = DenseMatrix.allocate(arena, operands.cols(), operands.batch());
            return new PlannedProduct(() -> plan.run(input, y), (sample, feature) -> y.get(feature, sample));
        }
        PanelMatrix input = packed(arena, operands.input(), workers);
        PanelMatrix y = PanelMatrix.allocate(arena, operands.batch(), operands.cols());
        return new PlannedProduct(() -> plan.run(input, y), y::get);
    }

    private static PlannedProduct sddmm(KernelArena arena, Operands operands, Layout layout, Workers workers) {
        SparseMatrix dw = SparseMatrix.allocate(arena, operands.w().pattern());
        SddmmPlan plan = Product.sddmm(arena, dw, operands.batch(), layout, workers, PlanChoice.STORED);
        if (layout == Layout.ROW_MAJOR) {
            return new PlannedProduct(() -> plan.run(operands.dy(), operands.x()), dw::get);
        }
        if (layout == Layout.FEATURE_MAJOR) {
            DenseMatrix dy = Transposed.of(arena, operands.dy());
            DenseMatrix x = Transposed.of(arena, operands.x());
            return new PlannedProduct(() -> plan.run(dy, x), dw::get);
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
