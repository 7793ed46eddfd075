package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** No N:M kernel reads or writes outside of values, places, selectors and dense operands: beside a guard page it would end the process. */
@Tag("species")
@AddLifecycleHook(LinuxOnly.class)
class NmGuardedPagesTest {
    private final Workers workers = Workers.of(1);

    @Property(tries = 100)
    void forwardPanels(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 100)
    void forwardRowMajor(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runRowMajor(memory, workers)));
        }
    }

    @Property(tries = 100)
    void backwardInputPanels(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 100)
    void backwardInputRowMajor(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue,
            @ForAll GuardedArena.Side side) {
        SpmmCase product = new SpmmCase(problem, Direction.BACKWARD_INPUT, epilogue);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(Grid.read(product.runRowMajor(memory, workers)));
        }
    }

    @Property(tries = 100)
    void backwardWeightPanels(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll boolean accumulate,
            @ForAll GuardedArena.Side side) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(product.oldValues.read(product.runPanels(memory, workers)));
        }
    }

    @Property(tries = 100)
    void backwardWeightRowMajor(
            @ForAll(supplier = NmProblems.Any.class) NmProblem problem,
            @ForAll boolean accumulate,
            @ForAll GuardedArena.Side side) {
        SddmmCase product = new SddmmCase(problem, accumulate);
        try (TestMemory memory = TestMemory.guarded(side)) {
            product.expected().assertWithinBound(product.oldValues.read(product.runRowMajor(memory, workers)));
        }
    }
}
