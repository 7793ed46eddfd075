package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** No kernel reads or writes outside of its matrices, nor of the places and selectors of an N:M plan: with every operand beside a guard page it would end the process. */
@Tag("species")
@AddLifecycleHook(LinuxOnly.class)
class GuardedPagesTest {
    private final Workers workers = Workers.of(1);

    @Property(tries = 200)
    void forwardPanels(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 200)
    void forwardDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(layout, product.runDense(layout, memory, workers)));
        }
    }

    @Property(tries = 200)
    void backwardInputPanels(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 200)
    void backwardInputDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(layout, product.runDense(layout, memory, workers)));
        }
    }

    @Property(tries = 200)
    void backwardWeightPanels(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll boolean accumulate,
            @ForAll GuardedArena.Side side) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 200)
    void backwardWeightDense(
            @ForAll(supplier = DenseLayouts.class) Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll boolean accumulate,
            @ForAll GuardedArena.Side side) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runDense(layout, memory, workers)));
        }
    }

    @Property(tries = 60)
    void packAndUnpack(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll GuardedArena.Side side) {
        try (TestMemory memory = TestMemory.guarded(side)) {
            DenseMatrix matrix = new Grid(problem.batch(), problem.cols()).rowMajor(memory, 0, problem.gap());
            PanelMatrix panels = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
            panels.pack(matrix, workers);
            panels.unpack(matrix, workers);
        }
    }

    @Property(tries = 60)
    void updates(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll GuardedArena.Side side) {
        try (TestMemory memory = TestMemory.guarded(side)) {
            DenseMatrix a = DenseMatrix.of(memory.floats(problem.rows(), 0), 1, problem.rows());
            DenseMatrix b = DenseMatrix.of(memory.floats(problem.rows(), 0), 1, problem.rows());
            DenseMatrix c = DenseMatrix.of(memory.floats(problem.rows(), 0), 1, problem.rows());
            DenseMatrix d = DenseMatrix.of(memory.floats(problem.rows(), 0), 1, problem.rows());
            Updates.sgd(a, b, c, 0.1f, 0.9f, true, 0, workers);
            Updates.adam(a, b, c, d, 1, new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, 0), 0.1f, workers);
        }
    }

    @Property(tries = 60)
    void sumOverBatch(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll GuardedArena.Side side) {
        try (TestMemory memory = TestMemory.guarded(side)) {
            PanelMatrix dy = PanelMatrix.allocate(memory.kernels(), problem.batch(), problem.cols());
            Updates.sumOverBatch(dy, new Grid(1, problem.cols()).rowMajor(memory), workers);
        }
    }

    @Property(tries = 60)
    void rewiring(@ForAll(supplier = Problems.Any.class) Problem problem, @ForAll GuardedArena.Side side) {
        try (TestMemory memory = TestMemory.guarded(side)) {
            BlockSparseMatrix matrix = BlockSparseMatrix.allocate(memory.kernels(), problem.pattern());
            matrix.rewire(BlockPattern.random(
                    problem.rows(),
                    problem.cols(),
                    problem.blockRows(),
                    problem.blockCols(),
                    matrix.pattern().blocks(),
                    problem.random(9)));
            matrix.toDense(new Grid(problem.rows(), problem.cols()).rowMajor(memory, 0, problem.gap()));
        }
    }

    /** What lies between the rows of the output, which it is written to where it lies, stays as it is. */
    @Property(tries = 200)
    void spmmInPlace(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Direction direction,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, direction, epilogue);
        try (TestMemory memory = TestMemory.guarded(side).inPlace()) {
            DenseMatrix y = product.runDense(Layout.FEATURE_MAJOR, memory, workers);
            product.expected().assertWithinBound(Grid.read(Layout.FEATURE_MAJOR, y));
            PaddingTest.assertGapsAreUntouched(y);
        }
    }

    @Property(tries = 200)
    void backwardWeightInPlace(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll boolean accumulate,
            @ForAll GuardedArena.Side side) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        try (TestMemory memory = TestMemory.guarded(side).inPlace()) {
            product.expected().assertWithinBound(Grid.read(product.runDense(Layout.FEATURE_MAJOR, memory, workers)));
        }
    }
}
