package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Feature-major matrices that kernels run on where they lie. */
@Tag("species")
class InPlaceTest {
    private static final int SIDE = 48;

    /** Not of a whole number of panels. */
    private static final int BATCH = 2 * 64 + 23;

    /** Floats from feature to feature whose samples meet in a cache. */
    private static final int ALIASING = 1024;

    private static final int APART = 176;

    private static Grid grid(int rows, int cols, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Grid.of(rows, cols, (row, col) -> (float) random.nextGaussian());
    }

    private static BlockSparseMatrix weights(TestMemory memory, int rows, int cols, int block) {
        BlockPattern pattern = BlockPattern.full(rows, cols, block, block);
        return BlockSparseMatrix.fromDense(memory.kernels(), grid(rows, cols, 1).rowMajor(memory), pattern);
    }

    private static DenseMatrix apart(TestMemory memory, Grid x, int stride) {
        return x.dense(Layout.FEATURE_MAJOR, memory, 0, stride - x.rows());
    }

    private static Grid panels(TestMemory memory, SpmmPlan plan, Grid x, int outputs) {
        PanelMatrix y = PanelMatrix.allocate(memory.kernels(), x.rows(), outputs);
        plan.run(x.panels(memory.kernels()), y);
        return Grid.read(y);
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void spmmHasTheBitsOfPanelsForAnyNumberOfWorkers(Direction direction) {
        for (int threads = 1; threads <= 3; threads++) {
            try (TestMemory memory = TestMemory.open().inPlace();
                    Workers workers = Workers.of(threads)) {
                Epilogue end = Epilogue.NONE.withActivation(Activation.GELU).withScale(0.5f);
                BlockSparseMatrix w = weights(memory, SIDE, SIDE, 8);
                KernelArena arena = memory.kernels();
                Grid x = grid(BATCH, SIDE, 2);
                SpmmPlan plan = direction.plan(arena, w, BATCH, Layout.FEATURE_MAJOR, end, workers);
                DenseMatrix y = apart(memory, new Grid(BATCH, SIDE), APART);
                plan.run(apart(memory, x, APART), y);
                assertTrue(plan.toString().contains("(read in place, written in place)"), plan::toString);
                Grid expected = panels(memory, direction.plan(arena, w, BATCH, Layout.PANELS, end, workers), x, SIDE);
                assertTrue(expected.sameBits(Grid.read(Layout.FEATURE_MAJOR, y)));
            }
        }
    }

    @Test
    void backwardWeightHasTheBitsOfPanelsInABatchThatFillsThem() {
        try (TestMemory memory = TestMemory.open().inPlace();
                Workers workers = Workers.of(2)) {
            Grid dy = grid(192, SIDE, 3);
            Grid x = grid(192, SIDE, 4);
            BlockSparseMatrix inPlace = weights(memory, SIDE, SIDE, 8);
            SddmmPlan plan =
                    SddmmPlan.backwardWeight(memory.kernels(), inPlace, 192, Layout.FEATURE_MAJOR, false, workers);
            plan.run(apart(memory, dy, APART + 64), apart(memory, x, ALIASING));
            assertTrue(plan.toString().contains("read in place"), plan::toString);
            BlockSparseMatrix packed = weights(memory, SIDE, SIDE, 8);
            SddmmPlan.backwardWeight(memory.kernels(), packed, 192, Layout.PANELS, false, workers)
                    .run(dy.panels(memory.kernels()), x.panels(memory.kernels()));
            assertTrue(Grid.read(packed).sameBits(Grid.read(inPlace)));
        }
    }

    private static String told(TestMemory memory, BlockSparseMatrix w, DenseMatrix x, DenseMatrix y) {
        try (Workers workers = Workers.of(1)) {
            SpmmPlan plan =
                    Direction.FORWARD.plan(memory.kernels(), w, BATCH, Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
            plan.run(x, y);
            return plan.toString();
        }
    }

    @Test
    void anInputWhoseFeaturesMeetInACacheIsPackedIfItIsReadOften() {
        try (TestMemory memory = TestMemory.open().inPlace()) {
            BlockSparseMatrix w = weights(memory, 10 * SIDE, SIDE, 16);
            String plan = told(
                    memory,
                    w,
                    apart(memory, grid(BATCH, SIDE, 2), ALIASING),
                    apart(memory, new Grid(BATCH, 10 * SIDE), APART));
            assertTrue(plan.contains("(read from packed panels, written in place)"), plan);
        }
    }

    @Test
    void anInputWhoseFeaturesMeetInACacheIsReadInPlaceIfItIsReadSeldom() {
        try (TestMemory memory = TestMemory.open().inPlace()) {
            String plan = told(
                    memory,
                    weights(memory, SIDE, SIDE, 16),
                    apart(memory, grid(BATCH, SIDE, 2), ALIASING),
                    apart(memory, new Grid(BATCH, SIDE), APART));
            assertTrue(plan.contains("(read in place, written in place)"), plan);
        }
    }

    /** Behind its last feature it has no zeros, but memory of somebody else. */
    @Test
    void anInputThatBlocksReachOverIsPacked() {
        try (TestMemory memory = TestMemory.open().inPlace()) {
            int inputs = SIDE - 1;
            String plan = told(
                    memory,
                    weights(memory, SIDE, inputs, 16),
                    apart(memory, grid(BATCH, inputs, 2), APART),
                    apart(memory, new Grid(BATCH, SIDE), APART));
            assertTrue(plan.contains("(read from packed panels, written in place)"), plan);
        }
    }

    @Test
    void memoryOfAnotherArenaIsCopied() {
        try (TestMemory memory = TestMemory.open()) {
            String plan = told(
                    memory,
                    weights(memory, SIDE, SIDE, 16),
                    apart(memory, grid(BATCH, SIDE, 2), APART),
                    apart(memory, new Grid(BATCH, SIDE), APART));
            assertTrue(plan.contains("(read from packed panels, written by copying)"), plan);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void outputsReplaceTheirInputs(int threads) {
        try (TestMemory memory = TestMemory.open().inPlace();
                Workers workers = Workers.of(threads)) {
            BlockSparseMatrix w = weights(memory, SIDE, SIDE, 8);
            Grid x = grid(BATCH, SIDE, 5);
            DenseMatrix both = apart(memory, x, APART);
            KernelArena arena = memory.kernels();
            Direction.FORWARD
                    .plan(arena, w, BATCH, Layout.FEATURE_MAJOR, Epilogue.NONE, workers)
                    .run(both, both);
            SpmmPlan panels = Direction.FORWARD.plan(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers);
            assertTrue(panels(memory, panels, x, SIDE).sameBits(Grid.read(Layout.FEATURE_MAJOR, both)));
        }
    }

    /** Of a wider matrix: the outputs of samples lie between inputs of others. */
    @Test
    void outputsLieBesideTheirInputs() {
        try (TestMemory memory = TestMemory.open().inPlace();
                Workers workers = Workers.of(2)) {
            KernelArena arena = memory.kernels();
            BlockSparseMatrix w = weights(memory, SIDE, SIDE, 8);
            Grid x = grid(BATCH, SIDE, 6);
            MemorySegment all = arena.allocate(SIDE * 2L * BATCH * Float.BYTES);
            DenseMatrix left = DenseMatrix.of(arena, all, SIDE, BATCH, 2L * BATCH);
            DenseMatrix right = DenseMatrix.of(arena, all.asSlice((long) BATCH * Float.BYTES), SIDE, BATCH, 2L * BATCH);
            for (int sample = 0; sample < BATCH; sample++) {
                for (int feature = 0; feature < SIDE; feature++) {
                    right.set(feature, sample, x.at(sample, feature));
                }
            }
            SpmmPlan plan = Direction.FORWARD.plan(arena, w, BATCH, Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
            plan.run(right, left);
            SpmmPlan panels = Direction.FORWARD.plan(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers);
            assertTrue(panels(memory, panels, x, SIDE).sameBits(Grid.read(Layout.FEATURE_MAJOR, left)));
            assertTrue(x.sameBits(Grid.read(Layout.FEATURE_MAJOR, right)));
        }
    }
}
