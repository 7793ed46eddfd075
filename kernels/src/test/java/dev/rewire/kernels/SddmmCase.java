package dev.rewire.kernels;

/** The product backward to the weights of a problem: its operands, ways to run it, and what it has to give. */
final class SddmmCase {
    private final SparseProblem problem;
    private final boolean accumulate;
    private final PlanChoice choice;

    final SparsePattern sparsity;
    final Grid gradient;
    final Grid input;
    /** What dW holds before, where elements are stored: garbage, NaNs among it, unless it is accumulated to. */
    final Grid oldValues;

    SddmmCase(SparseProblem problem, boolean accumulate) {
        this(
                problem,
                accumulate,
                problem.pattern(),
                problem.values().steadyGrid(problem.batch(), problem.rows(), problem.random(1)),
                problem.values().alternatingGrid(problem.batch(), problem.cols(), problem.random(2)),
                PlanChoice.STORED);
    }

    private SddmmCase(
            SparseProblem problem,
            boolean accumulate,
            SparsePattern sparsity,
            Grid gradient,
            Grid input,
            PlanChoice choice) {
        this.problem = problem;
        this.choice = choice;
        this.accumulate = accumulate;
        this.sparsity = sparsity;
        this.gradient = gradient;
        this.input = input;
        Grid old = accumulate
                ? problem.values().alternatingGrid(problem.rows(), problem.cols(), problem.random(3))
                : Grid.of(
                        problem.rows(),
                        problem.cols(),
                        (row, col) -> (row + col) % 2 == 0 ? Float.NaN : Float.MAX_VALUE);
        oldValues = old.on(sparsity);
    }

    SddmmCase withPattern(BlockPattern other) {
        return new SddmmCase(problem, accumulate, other, gradient, input, choice);
    }

    SddmmCase with(PlanChoice other) {
        return new SddmmCase(problem, accumulate, sparsity, gradient, input, other);
    }

    SddmmCase withOperands(Grid otherGradient, Grid otherInput) {
        return new SddmmCase(problem, accumulate, sparsity, otherGradient, otherInput, choice);
    }

    SparseMatrix runPanels(TestMemory memory, Workers workers) {
        SparseMatrix dw = old(memory);
        plan(dw, Layout.PANELS, memory, workers).run(gradient.panels(memory.kernels()), input.panels(memory.kernels()));
        return dw;
    }

    SparseMatrix runDense(Layout layout, TestMemory memory, Workers workers) {
        SparseMatrix dw = old(memory);
        plan(dw, layout, memory, workers)
                .run(
                        gradient.dense(layout, memory, problem.offset(), problem.gap()),
                        input.dense(layout, memory, problem.offset(), problem.gap()));
        return dw;
    }

    Grid resultOf(Layout layout, int threads) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(threads)) {
            return Grid.read(layout == Layout.PANELS ? runPanels(memory, workers) : runDense(layout, memory, workers));
        }
    }

    /** dW before the product. */
    SparseMatrix old(TestMemory memory) {
        return SparseMatrix.fromDense(memory.kernels(), oldValues.rowMajor(memory), sparsity);
    }

    SddmmPlan plan(SparseMatrix dw, Layout layout, TestMemory memory, Workers workers) {
        return SddmmPlan.backwardWeight(memory.kernels(), dw, problem.batch(), layout, accumulate, workers, choice);
    }

    Oracle expected() {
        Oracle oracle = new Oracle(oldValues.rows(), oldValues.cols());
        for (int row = 0; row < oldValues.rows(); row++) {
            for (int col = 0; col < oldValues.cols(); col++) {
                if (sparsity.stores(row, col)) {
                    addProducts(oracle, row, col);
                }
            }
        }
        return oracle;
    }

    private void addProducts(Oracle oracle, int row, int col) {
        if (accumulate) {
            oracle.add(row, col, oldValues.at(row, col));
        }
        for (int sample = 0; sample < input.rows(); sample++) {
            oracle.add(row, col, gradient.at(sample, row), input.at(sample, col));
        }
    }
}
