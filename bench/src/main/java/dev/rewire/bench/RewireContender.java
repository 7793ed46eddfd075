package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rewire's own plans. */
final class RewireContender implements Contender {
    private final Object plan;
    private final Runnable run;
    private final Result result;

    private RewireContender(Object plan, Runnable run, Result result) {
        this.plan = plan;
        this.run = run;
        this.result = result;
    }

    private interface Result {
        float at(int row, int col);
    }

    static RewireContender of(
            KernelArena arena, SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            return backwardWeight(arena, problem, layout, workers, choice);
        }
        SpmmPlan plan = spmmPlan(arena, problem, layout, workers, choice);
        int batch = problem.batch();
        if (layout == Layout.ROW_MAJOR) {
            DenseMatrix y = DenseMatrix.allocate(arena, batch, problem.width());
            spoil(y);
            return new RewireContender(plan, () -> plan.run(problem.input(), y), y::get);
        }
        if (layout == Layout.FEATURE_MAJOR) {
            DenseMatrix input = Transposed.of(arena, problem.input());
            DenseMatrix y = DenseMatrix.allocate(arena, problem.width(), batch);
            spoil(y);
            return new RewireContender(plan, () -> plan.run(input, y), (sample, feature) -> y.get(feature, sample));
        }
        PanelMatrix input = packed(arena, problem.input(), workers);
        PanelMatrix y = PanelMatrix.allocate(arena, batch, problem.width());
        spoil(y);
        return new RewireContender(plan, () -> plan.run(input, y), y::get);
    }

    private static RewireContender backwardWeight(
            KernelArena arena, SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        SparseMatrix dw = SparseMatrix.allocate(arena, problem.weights().pattern());
        BlockPattern pattern = problem.w().pattern();
        // The padding of blocks at the edge has to stay zero, so only a matrix without any is spoiled.
        if (pattern.rows() % pattern.blockRows() == 0 && pattern.cols() % pattern.blockCols() == 0) {
            spoil(dw.values());
        }
        SddmmPlan plan = Product.sddmm(arena, dw, problem.batch(), layout, workers, choice);
        if (layout == Layout.ROW_MAJOR) {
            return new RewireContender(plan, () -> plan.run(problem.dy(), problem.x()), dw::get);
        }
        if (layout == Layout.FEATURE_MAJOR) {
            DenseMatrix dy = Transposed.of(arena, problem.dy());
            DenseMatrix x = Transposed.of(arena, problem.x());
            return new RewireContender(plan, () -> plan.run(dy, x), dw::get);
        }
        PanelMatrix dy = packed(arena, problem.dy(), workers);
        PanelMatrix x = packed(arena, problem.x(), workers);
        return new RewireContender(plan, () -> plan.run(dy, x), dw::get);
    }

    /** Makes a plan and forgets it, as somebody does who has rewired. */
    static void plan(KernelArena arena, SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            Product.sddmm(arena, problem.weights(), problem.batch(), layout, workers, choice);
        } else {
            spmmPlan(arena, problem, layout, workers, choice);
        }
    }

    private static SpmmPlan spmmPlan(
            KernelArena arena, SpmmProblem problem, Layout layout, Workers workers, PlanChoice choice) {
        return problem.product().spmm(arena, problem.weights(), problem.batch(), layout, workers, choice);
    }

    private static PanelMatrix packed(KernelArena arena, DenseMatrix matrix, Workers workers) {
        PanelMatrix panels = PanelMatrix.allocate(arena, matrix.rows(), matrix.cols());
        panels.pack(matrix, workers);
        return panels;
    }

    // Outputs start as NaN: a product that reads what it should overwrite, or leaves something out, fails the check.

    private static void spoil(DenseMatrix matrix) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                matrix.set(row, col, Float.NaN);
            }
        }
    }

    private static void spoil(PanelMatrix matrix) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                matrix.set(row, col, Float.NaN);
            }
        }
    }

    private static void spoil(MemorySegment values) {
        for (long i = 0; i < values.byteSize() / Float.BYTES; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
        }
    }

    /** What the plan multiplies: stored values or a dense matrix. */
    PlanChoice chosen() {
        return plan instanceof SpmmPlan spmm ? spmm.chosen() : ((SddmmPlan) plan).chosen();
    }

    /** What the plan says of itself. */
    String description() {
        return plan.toString();
    }

    @Override
    public void run() {
        run.run();
    }

    @Override
    public float result(int row, int col) {
        return result.at(row, col);
    }
}
