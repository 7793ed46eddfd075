package dev.rewire.kernels;

/** A sparse-times-dense product of a problem: its operands, ways to run it, and what it has to give. */
final class SpmmCase {
    enum Direction {
        FORWARD,
        BACKWARD_INPUT;

        /** A plan of the stored values: what tests are about unless they say otherwise. */
        SpmmPlan plan(KernelArena arena, SparseMatrix w, int batch, Layout layout, Epilogue end, Workers workers) {
            return plan(arena, w, batch, layout, end, workers, PlanChoice.STORED);
        }

        SpmmPlan plan(
                KernelArena arena,
                SparseMatrix w,
                int batch,
                Layout layout,
                Epilogue end,
                Workers workers,
                PlanChoice choice) {
            return this == FORWARD
                    ? SpmmPlan.forward(arena, w, batch, layout, end, workers, choice)
                    : SpmmPlan.backwardInput(arena, w, batch, layout, end, workers, choice);
        }
    }

    private final SparseProblem problem;
    private final Direction direction;
    private final EpilogueKind epilogue;
    private final PlanChoice choice;

    final SparsePattern sparsity;
    /** In the shape of the matrix, zero where nothing is stored. */
    final Grid weights;

    final Grid input;
    /** What the output holds before: garbage, NaNs among it, unless it is accumulated to. */
    final Grid oldOutput;

    final Grid bias;
    final Grid mask;

    SpmmCase(SparseProblem problem, Direction direction, EpilogueKind epilogue) {
        this(problem, direction, epilogue, problem.pattern());
    }

    SpmmCase(SparseProblem problem, Direction direction, EpilogueKind epilogue, SparsePattern sparsity) {
        this.problem = problem;
        this.direction = direction;
        this.epilogue = epilogue;
        this.choice = PlanChoice.STORED;
        this.sparsity = sparsity;
        Values values = problem.values();
        int batch = problem.batch();
        int inputs = direction == Direction.FORWARD ? problem.cols() : problem.rows();
        int outputs = direction == Direction.FORWARD ? problem.rows() : problem.cols();
        weights = values.steadyGrid(problem.rows(), problem.cols(), problem.random(1))
                .on(sparsity);
        input = values.alternatingGrid(batch, inputs, problem.random(2));
        oldOutput = epilogue.accumulate
                ? values.alternatingGrid(batch, outputs, problem.random(3))
                : Grid.of(batch, outputs, (row, col) -> (row + col) % 2 == 0 ? Float.NaN : Float.MAX_VALUE);
        bias = values.alternatingGrid(1, outputs, problem.random(4));
        mask = Values.ZEROS_AND_SUBNORMALS.steadyGrid(batch, outputs, problem.random(5));
    }

    private SpmmCase(SpmmCase other, Grid weights, Grid input, PlanChoice choice) {
        this.problem = other.problem;
        this.direction = other.direction;
        this.epilogue = other.epilogue;
        this.choice = choice;
        this.sparsity = other.sparsity;
        this.weights = weights;
        this.input = input;
        this.oldOutput = other.oldOutput;
        this.bias = other.bias;
        this.mask = other.mask;
    }

    SpmmCase withInput(Grid other) {
        return new SpmmCase(this, weights, other, choice);
    }

    SpmmCase withWeights(Grid other) {
        return new SpmmCase(this, other, input, choice);
    }

    SpmmCase with(PlanChoice other) {
        return new SpmmCase(this, weights, input, other);
    }

    PanelMatrix runPanels(TestMemory memory, Workers workers) {
        PanelMatrix x = input.panels(memory.kernels());
        PanelMatrix y = oldOutput.panels(memory.kernels());
        plan(Layout.PANELS, memory, workers).run(x, y);
        return y;
    }

    DenseMatrix runDense(Layout layout, TestMemory memory, Workers workers) {
        DenseMatrix x = input.dense(layout, memory, problem.offset(), problem.gap());
        DenseMatrix y = oldOutput.dense(layout, memory, problem.offset(), problem.gap());
        plan(layout, memory, workers).run(x, y);
        return y;
    }

    Grid resultOf(Layout layout, int threads) {
        try (TestMemory memory = TestMemory.open();
                Workers workers = Workers.of(threads)) {
            return layout == Layout.PANELS
                    ? Grid.read(runPanels(memory, workers))
                    : Grid.read(layout, runDense(layout, memory, workers));
        }
    }

    SpmmPlan plan(Layout layout, TestMemory memory, Workers workers) {
        Epilogue fused = new Epilogue(
                epilogue.accumulate,
                epilogue.bias ? bias.rowMajor(memory, problem.offset(), 0) : null,
                epilogue.activation,
                epilogue.scale,
                epilogue.mask ? mask.panels(memory.kernels()) : null);
        SparseMatrix w = SparseMatrix.fromDense(memory.kernels(), weights.rowMajor(memory), sparsity);
        return direction.plan(memory.kernels(), w, problem.batch(), layout, fused, workers, choice);
    }

    Oracle expected() {
        Oracle oracle = new Oracle(oldOutput.rows(), oldOutput.cols());
        for (int sample = 0; sample < oldOutput.rows(); sample++) {
            for (int output = 0; output < oldOutput.cols(); output++) {
                if (epilogue.accumulate) {
                    oracle.add(sample, output, oldOutput.at(sample, output));
                }
                if (epilogue.bias) {
                    oracle.add(sample, output, bias.at(0, output));
                }
            }
        }
        for (int row = 0; row < weights.rows(); row++) {
            for (int col = 0; col < weights.cols(); col++) {
                if (sparsity.stores(row, col)) {
                    addProducts(oracle, row, col);
                }
            }
        }
        oracle.scale(epilogue.scale);
        if (epilogue.relu) {
            oracle.relu();
        }
        if (epilogue.mask) {
            oracle.mask(mask);
        }
        return oracle;
    }

    private void addProducts(Oracle oracle, int row, int col) {
        int in = direction == Direction.FORWARD ? col : row;
        int out = direction == Direction.FORWARD ? row : col;
        for (int sample = 0; sample < input.rows(); sample++) {
            oracle.add(sample, out, input.at(sample, in), weights.at(row, col));
        }
    }
}
