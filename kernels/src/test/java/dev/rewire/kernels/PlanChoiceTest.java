package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plans that multiply a dense matrix give what plans of stored values give, and say what they are. */
@Tag("species")
class PlanChoiceTest {
    private static final int BATCH = 256;

    @Property(tries = 100)
    void forwardIsWithinItsBound(
            @ForAll Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(Direction.FORWARD, layout, problem, epilogue);
    }

    @Property(tries = 100)
    void backwardInputIsWithinItsBound(
            @ForAll Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll(supplier = EpilogueKind.RowMajor.class) EpilogueKind epilogue) {
        assertWithinBound(Direction.BACKWARD_INPUT, layout, problem, epilogue);
    }

    private static void assertWithinBound(
            Direction direction, Layout layout, SparseProblem problem, EpilogueKind epilogue) {
        SpmmCase product = new SpmmCase(problem, direction, epilogue).with(PlanChoice.DENSE);
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }

    @Property(tries = 100)
    void backwardWeightIsWithinItsBound(
            @ForAll Layout layout,
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll boolean accumulate) {
        SddmmCase product = new SddmmCase(problem, accumulate).with(PlanChoice.DENSE);
        product.expected().assertWithinBound(product.resultOf(layout, 1));
    }

    /** As a transformer's head on 65 characters has them: the copy would be in the same blocks. */
    @Test
    void blocksThatReachOverTheEdgeDoNotCountAsMoreThanADenseMatrix() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(65, 128, 16, 16));
            assertEquals(
                    PlanChoice.STORED,
                    SpmmPlan.forward(arena, w, 768, Layout.PANELS, Epilogue.NONE, workers)
                            .chosen());
            assertEquals(
                    PlanChoice.STORED,
                    SpmmPlan.backwardInput(arena, w, 768, Layout.PANELS, Epilogue.NONE, workers)
                            .chosen());
        }
    }

    /** A plan on 1×1 blocks of a 40×56 matrix. */
    private static SpmmPlan plan(KernelArena arena, SparseMatrix w, PlanChoice choice, Workers workers) {
        return SpmmPlan.forward(arena, w, BATCH, Layout.ROW_MAJOR, Epilogue.NONE, workers, choice);
    }

    private static BlockSparseMatrix matrix(KernelArena arena, int elements, long seed) {
        BlockPattern pattern = BlockPattern.random(40, 56, 1, 1, elements, new Random(seed));
        BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, pattern);
        w.fill(1);
        return w;
    }

    @Test
    void aDensePlanKnowsThePlacesOfARewiring() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = matrix(arena, 1000, 1);
            SpmmPlan plan = plan(arena, w, PlanChoice.DENSE, workers);
            DenseMatrix x = DenseMatrix.allocate(arena, BATCH, 56);
            x.set(0, 0, 1);
            DenseMatrix y = DenseMatrix.allocate(arena, BATCH, 40);
            plan.run(x, y);
            w.rewire(BlockPattern.random(40, 56, 1, 1, 900, new Random(2)));
            plan.replan();
            plan.run(x, y);
            for (int output = 0; output < 40; output++) {
                float expected = w.pattern().stores(output, 0) ? w.get(output, 0) : 0;
                assertEquals(expected, y.get(0, output), "output " + output);
            }
        }
    }

    @Property(tries = 60)
    void aDensePlanGivesTheSameBitsForAnyNumberOfWorkers(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Layout layout,
            @ForAll @IntRange(min = 2, max = 4) int threads) {
        SpmmCase product = new SpmmCase(problem, Direction.FORWARD, EpilogueKind.NONE).with(PlanChoice.DENSE);
        assertTrue(product.resultOf(layout, 1).sameBits(product.resultOf(layout, threads)));
    }

    /** Of several turns, too. */
    @Property(tries = 60)
    void aDenseGradientHasTheSameBitsInAllLayoutsForAnyNumberOfWorkers(
            @ForAll(supplier = SparseProblem.Any.class) SparseProblem problem,
            @ForAll Layout layout,
            @ForAll @IntRange(min = 1, max = 4) int threads) {
        SddmmCase product = new SddmmCase(problem.withBatch(3 * problem.batch()), true).with(PlanChoice.DENSE);
        assertTrue(product.resultOf(Layout.PANELS, 2).sameBits(product.resultOf(layout, threads)));
    }

    @Test
    void theModelTakesStoredValuesOfASparseMatrix() {
        assertChoice(PlanChoice.AUTOMATIC, 224, "blocks of 1×1, ", " of the dense time by the model");
    }

    @Test
    void theModelTakesADenseMatrixOfScatteredElements() {
        assertChoice(PlanChoice.AUTOMATIC, 2200, "as dense blocks of 16×16", "of the dense time by the model");
    }

    @Test
    void aMeasurementIsTold() {
        assertChoice(PlanChoice.MEASURED, 224, "measured: stored values ", " ms, dense ");
    }

    @ParameterizedTest
    @EnumSource(
            value = PlanChoice.class,
            names = {"STORED", "DENSE"})
    void whatIsAskedForIsDone(PlanChoice choice) {
        assertChoice(
                choice, 1000, choice == PlanChoice.DENSE ? "as dense blocks" : "blocks of 1×1", choice + " as asked");
    }

    private static void assertChoice(PlanChoice choice, int elements, String what, String why) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            String description =
                    plan(arena, matrix(arena, elements, 1), choice, workers).toString();
            assertTrue(description.contains(what) && description.contains(why), description);
        }
    }

    @Test
    void noChoiceIsRefused() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockSparseMatrix w = matrix(arena, 10, 1);
            @SuppressWarnings("NullAway") // what a caller without a null checker may do
            PlanChoice none = null;
            assertThrows(NullPointerException.class, () -> plan(arena, w, none, workers));
        }
    }
}
