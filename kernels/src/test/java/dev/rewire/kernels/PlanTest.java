package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a plan remembers from its making, and what it reads anew at each run. */
class PlanTest {
    private static final int BATCH = 17;

    private final TestMemory memory = TestMemory.open();
    private final KernelArena arena = memory.kernels();
    private final Workers workers = Workers.of(1);

    // Blocks (0, 0) and (1, 1) of a grid of 2×2.
    private final BlockPattern diagonal = BlockPattern.of(16, 16, 8, 8, new int[] {0, 1, 2}, new int[] {0, 1});
    private final BlockPattern antidiagonal = BlockPattern.of(16, 16, 8, 8, new int[] {0, 1, 2}, new int[] {1, 0});

    private final PanelMatrix x = ones(16).panels(arena);
    private final PanelMatrix y = new Grid(BATCH, 16).panels(arena);

    @AfterEach
    void free() {
        memory.close();
        workers.close();
    }

    private static Grid ones(int cols) {
        return Grid.filled(BATCH, cols, 1);
    }

    /** Every stored element of row i is i. */
    private BlockSparseMatrix rowNumbers(BlockPattern pattern) {
        return BlockSparseMatrix.fromDense(
                arena, Grid.of(16, 16, (row, col) -> row).rowMajor(memory), pattern);
    }

    private SpmmPlan forward(BlockSparseMatrix w, Epilogue epilogue) {
        return SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, epilogue, workers);
    }

    @Test
    @SuppressWarnings("NullAway")
    void noLayoutIsRefusedWhereThePlanIsMade() {
        BlockSparseMatrix w = rowNumbers(diagonal);
        for (Executable making : List.<Executable>of(
                () -> SpmmPlan.forward(arena, w, BATCH, null, Epilogue.NONE, workers),
                () -> SpmmPlan.backwardInput(arena, w, BATCH, null, Epilogue.NONE, workers),
                () -> SddmmPlan.backwardWeight(arena, w, BATCH, null, false, workers))) {
            assertEquals(
                    "layout: null; accepted are those of Layout",
                    assertThrows(NullPointerException.class, making).getMessage());
        }
    }

    @Test
    void spmmMultipliesByTheValuesOfTheRun() {
        BlockSparseMatrix w = rowNumbers(diagonal);
        SpmmPlan plan = forward(w, Epilogue.NONE);
        w.values().fill((byte) 0);
        plan.run(x, y);
        assertTrue(Grid.read(y).sameBits(new Grid(BATCH, 16)));
    }

    @Test
    void spmmReadsTheBiasOfTheRun() {
        DenseMatrix bias = new Grid(1, 16).rowMajor(memory);
        SpmmPlan plan = forward(BlockSparseMatrix.allocate(arena, diagonal), Epilogue.NONE.withBias(bias));
        bias.set(0, 3, 5);
        plan.run(x, y);
        assertEquals(5, y.get(BATCH - 1, 3));
    }

    @Test
    void spmmReadsTheMaskOfTheRun() {
        PanelMatrix mask = new Grid(BATCH, 16).panels(arena);
        SpmmPlan plan = forward(rowNumbers(diagonal), Epilogue.NONE.withReluMask(mask));
        mask.set(2, 3, 1);
        plan.run(x, y);
        assertTrue(Grid.read(y).sameBits(Grid.of(BATCH, 16, (row, col) -> row == 2 && col == 3 ? 3 * 8 : 0)));
    }

    @Test
    void accumulatingRunsAddUp() {
        SpmmPlan plan = forward(rowNumbers(diagonal), Epilogue.NONE.withAccumulate(true));
        for (int run = 0; run < 3; run++) {
            plan.run(x, y);
        }
        assertTrue(Grid.read(y).sameBits(Grid.of(BATCH, 16, (row, col) -> 3 * 8 * col)));
    }

    @Test
    void aMatrixIsNotItsOwnMask() {
        // Unfinished sums are stored where the mask would be.
        SpmmPlan plan = forward(rowNumbers(diagonal), Epilogue.NONE.withReluMask(y));
        Refusal.ofArgument("reluMask: shares memory with y", () -> plan.run(x, y));
    }

    @Test
    void rowMajorOutputsMayReplaceTheirInputs() {
        DenseMatrix both = ones(16).rowMajor(memory);
        SpmmPlan.forward(arena, rowNumbers(diagonal), BATCH, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                .run(both, both);
        assertTrue(Grid.read(both).sameBits(Grid.of(BATCH, 16, (row, col) -> 8 * col)));
    }

    @Test
    void rowMajorOperandsMayBeColumnsOfAWiderMatrix() {
        MemorySegment wide = arena.allocate(ValueLayout.JAVA_FLOAT, BATCH * 32L);
        DenseMatrix left = DenseMatrix.of(wide, BATCH, 16, 32);
        DenseMatrix right = DenseMatrix.of(wide.asSlice(16 * Float.BYTES), BATCH, 16, 32);
        for (int row = 0; row < BATCH; row++) {
            for (int col = 0; col < 16; col++) {
                right.set(row, col, 1);
            }
        }
        SpmmPlan.forward(arena, rowNumbers(diagonal), BATCH, Layout.ROW_MAJOR, Epilogue.NONE, workers)
                .run(right, left);
        assertTrue(Grid.read(left).sameBits(Grid.of(BATCH, 16, (row, col) -> 8 * col)));
    }

    @Test
    void rowMajorOutputsMustNotReplaceInputsOfOtherSamples() {
        MemorySegment both = arena.allocate(ValueLayout.JAVA_FLOAT, (BATCH + 1) * 16L);
        DenseMatrix from = DenseMatrix.of(both, BATCH, 16);
        DenseMatrix oneSampleLater = DenseMatrix.of(both.asSlice(16 * Float.BYTES), BATCH, 16);
        SpmmPlan plan = SpmmPlan.forward(arena, rowNumbers(diagonal), BATCH, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("y: shares memory with x", () -> plan.run(from, oneSampleLater));
    }

    @Test
    void spmmRefusesToRunAfterARewiring() {
        BlockSparseMatrix w = rowNumbers(diagonal);
        SpmmPlan plan = forward(w, Epilogue.NONE);
        w.rewire(antidiagonal);
        Refusal.ofState("w: rewired", () -> plan.run(x, y));
    }

    @Test
    void spmmRunsOnTheNewPatternWhenReplanned() {
        BlockSparseMatrix w = rowNumbers(diagonal);
        SpmmPlan plan = forward(w, Epilogue.NONE);
        w.rewire(BlockPattern.of(16, 16, 8, 8, new int[] {0, 0, 1}, new int[] {1}));
        plan.replan();
        plan.run(x, y);
        assertTrue(Grid.read(y).sameBits(Grid.of(BATCH, 16, (row, col) -> col < 8 ? 0 : 8 * col)));
    }

    @Test
    void sddmmRefusesToRunAfterARewiring() {
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, diagonal);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, BATCH, Layout.PANELS, false, workers);
        dw.rewire(antidiagonal);
        Refusal.ofState("dw: rewired", () -> plan.run(x, y));
    }

    @Test
    void sddmmRunsOnTheNewPatternWhenReplanned() {
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, diagonal);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, BATCH, Layout.PANELS, false, workers);
        dw.rewire(antidiagonal);
        plan.replan();
        plan.run(x, ones(16).panels(arena));
        assertTrue(Grid.read(dw).sameBits(Grid.filled(16, 16, BATCH).on(antidiagonal)));
    }

    @Test
    void threadsThatShareAPlanTakeTurns() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        SpmmPlan plan = forward(rowNumbers(diagonal), Epilogue.NONE);
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int call = 0; call < 30; call++) {
                int value = random.nextInt(-8, 9);
                PanelMatrix in = Grid.filled(BATCH, 16, value).panels(arena);
                PanelMatrix out = new Grid(BATCH, 16).panels(arena);
                calls.add(() -> {
                    plan.run(in, out);
                    return Grid.read(out).sameValues(Grid.of(BATCH, 16, (row, col) -> 8 * col * value));
                });
            }
            for (Future<Boolean> result : threads.invokeAll(calls)) {
                assertTrue(result.get());
            }
        }
    }
}
