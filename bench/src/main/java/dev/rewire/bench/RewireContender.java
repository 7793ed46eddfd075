package dev.rewire.bench;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/** Rewire's own plans. */
final class RewireContender implements Contender {
    private final Runnable run;
    private final Result result;

    private RewireContender(Runnable run, Result result) {
        this.run = run;
        this.result = result;
    }

    private interface Result {
        float at(int row, int col);
    }

    static RewireContender of(KernelArena arena, SpmmProblem problem, Layout layout, Workers workers) {
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            return backwardWeight(arena, problem, layout, workers);
        }
        SpmmPlan plan = spmmPlan(arena, problem, layout, workers);
        int batch = problem.batch();
        if (layout == Layout.ROW_MAJOR) {
            DenseMatrix y = DenseMatrix.allocate(arena, batch, problem.width());
            spoil(y);
            return new RewireContender(() -> plan.run(problem.input(), y), y::get);
        }
        PanelMatrix input = packed(arena, problem.input(), workers);
        PanelMatrix y = PanelMatrix.allocate(arena, batch, problem.width());
        spoil(y);
        return new RewireContender(() -> plan.run(input, y), y::get);
    }

    private static RewireContender backwardWeight(
            KernelArena arena, SpmmProblem problem, Layout layout, Workers workers) {
        if (problem.nm() != null) {
            SemiStructuredMatrix dw = SemiStructuredMatrix.allocate(arena, problem.nm());
            spoil(dw.values());
            return backwardWeight(
                    arena,
                    problem,
                    SddmmPlan.backwardWeight(arena, dw, problem.batch(), layout, false, workers),
                    layout,
                    workers,
                    dw::get);
        }
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, problem.w().pattern());
        BlockPattern pattern = dw.pattern();
        // The padding of blocks at the edge has to stay zero, so only a matrix without any is spoiled.
        if (pattern.rows() % pattern.blockRows() == 0 && pattern.cols() % pattern.blockCols() == 0) {
            spoil(dw.values());
        }
        return backwardWeight(
                arena,
                problem,
                SddmmPlan.backwardWeight(arena, dw, problem.batch(), layout, false, workers),
                layout,
                workers,
                dw::get);
    }

    private static RewireContender backwardWeight(
            KernelArena arena, SpmmProblem problem, SddmmPlan plan, Layout layout, Workers workers, Result result) {
        if (layout == Layout.ROW_MAJOR) {
            return new RewireContender(() -> plan.run(problem.dy(), problem.x()), result);
        }
        PanelMatrix dy = packed(arena, problem.dy(), workers);
        PanelMatrix x = packed(arena, problem.x(), workers);
        return new RewireContender(() -> plan.run(dy, x), result);
    }

    /** What makes a plan again, as somebody does who has rewired, from the arena that it is given. */
    static Consumer<KernelArena> planning(KernelArena arena, SpmmProblem problem, Layout layout, Workers workers) {
        int batch = problem.batch();
        boolean forward = problem.product() == Product.FORWARD;
        if (problem.nm() == null) {
            BlockSparseMatrix w = problem.blocks(arena);
            return problem.product() == Product.BACKWARD_WEIGHT
                    ? scratch -> SddmmPlan.backwardWeight(scratch, w, batch, layout, false, workers)
                    : scratch -> plan(scratch, w, forward, batch, layout, workers);
        }
        SemiStructuredMatrix w = problem.semiStructured(arena, problem.nm());
        return problem.product() == Product.BACKWARD_WEIGHT
                ? scratch -> SddmmPlan.backwardWeight(scratch, w, batch, layout, false, workers)
                : scratch -> plan(scratch, w, forward, batch, layout, workers);
    }

    private static SpmmPlan spmmPlan(KernelArena arena, SpmmProblem problem, Layout layout, Workers workers) {
        boolean forward = problem.product() == Product.FORWARD;
        return problem.nm() == null
                ? plan(arena, problem.blocks(arena), forward, problem.batch(), layout, workers)
                : plan(arena, problem.semiStructured(arena, problem.nm()), forward, problem.batch(), layout, workers);
    }

    private static SpmmPlan plan(
            KernelArena arena, BlockSparseMatrix w, boolean forward, int batch, Layout layout, Workers workers) {
        return forward
                ? SpmmPlan.forward(arena, w, batch, layout, Epilogue.NONE, workers)
                : SpmmPlan.backwardInput(arena, w, batch, layout, Epilogue.NONE, workers);
    }

    private static SpmmPlan plan(
            KernelArena arena, SemiStructuredMatrix w, boolean forward, int batch, Layout layout, Workers workers) {
        return forward
                ? SpmmPlan.forward(arena, w, batch, layout, Epilogue.NONE, workers)
                : SpmmPlan.backwardInput(arena, w, batch, layout, Epilogue.NONE, workers);
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

    @Override
    public void run() {
        run.run();
    }

    @Override
    public float result(int row, int col) {
        return result.at(row, col);
    }
}
