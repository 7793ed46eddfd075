package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What plans for N:M matrices say, refuse and do when a matrix gets another pattern. */
@Tag("species")
class NmPlanTest {
    private static final int ROWS = 24;
    private static final int COLS = 36;

    private final TestMemory memory = TestMemory.open();
    private final KernelArena arena = memory.kernels();
    private final Workers workers = Workers.of(2);

    @AfterEach
    void free() {
        memory.close();
        workers.close();
    }

    /** A batch of one, of a panel that is not full, and of so many panels that each is packed by its worker. */
    static Stream<Arguments> runs() {
        return Stream.of(Layout.values())
                .flatMap(layout -> Stream.of(1, 17, 130).map(batch -> arguments(layout, batch)));
    }

    private static NmPattern random(int sharedRows, int seed) {
        return NmPattern.random(ROWS, COLS, 2, 4, sharedRows, new SplittableRandom(seed));
    }

    private static NmPattern transposable(int which) {
        return new NmCase(ROWS, COLS / 4, 2, 4, 1, 1).transposablePattern(which);
    }

    private static Grid integers(int rows, int cols, int seed) {
        return Values.SMALL_INTEGERS.steadyGrid(rows, cols, new SplittableRandom(seed));
    }

    private SemiStructuredMatrix matrix(NmPattern pattern) {
        return SemiStructuredMatrix.fromDense(arena, integers(ROWS, COLS, 1).rowMajor(memory), pattern, ValueType.F32);
    }

    private SpmmPlan plan(SemiStructuredMatrix w, Direction direction, int batch, Layout layout) {
        return direction.plan(arena, w, batch, layout, Epilogue.NONE, workers);
    }

    private void assertMultiplies(
            SpmmPlan plan, SemiStructuredMatrix w, Direction direction, int batch, Layout layout) {
        boolean forward = direction == Direction.FORWARD;
        Grid x = integers(batch, forward ? COLS : ROWS, 3);
        Grid expected = Grid.of(batch, forward ? ROWS : COLS, (sample, output) -> {
            float sum = 0;
            for (int input = 0; input < x.cols(); input++) {
                sum += x.at(sample, input) * (forward ? w.get(output, input) : w.get(input, output));
            }
            return sum;
        });
        Grid actual = run(plan, x, expected, layout);
        assertTrue(expected.sameValues(actual), () -> actual + " instead of " + expected);
    }

    private Grid run(SpmmPlan plan, Grid x, Grid shape, Layout layout) {
        Grid nothing = Grid.filled(shape.rows(), shape.cols(), Float.NaN);
        if (layout == Layout.PANELS) {
            PanelMatrix y = nothing.panels(arena);
            plan.run(x.panels(arena), y);
            return Grid.read(y);
        }
        DenseMatrix y = nothing.dense(layout, memory);
        plan.run(x.dense(layout, memory), y);
        return Grid.read(layout, y);
    }

    private void assertGoesOn(Direction direction, NmPattern before, NmPattern after, int batch, Layout layout) {
        SemiStructuredMatrix w = matrix(before);
        SpmmPlan plan = plan(w, direction, batch, layout);
        assertMultiplies(plan, w, direction, batch, layout);
        w.assign(integers(ROWS, COLS, 2).rowMajor(memory), after);
        plan.replan();
        assertMultiplies(plan, w, direction, batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void forwardGoesOnWithOtherPlaces(Layout layout, int batch) {
        assertGoesOn(Direction.FORWARD, random(1, 1), random(1, 2), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void forwardGoesOnWhenFewerRowsShareTheirPlaces(Layout layout, int batch) {
        assertGoesOn(Direction.FORWARD, random(4, 1), random(1, 2), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void forwardGoesOnWhenMoreRowsShareTheirPlaces(Layout layout, int batch) {
        assertGoesOn(Direction.FORWARD, random(2, 1), random(8, 2), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void backwardInputGoesOnWithOtherTransposablePlaces(Layout layout, int batch) {
        assertGoesOn(Direction.BACKWARD_INPUT, transposable(1), transposable(2), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void backwardInputGoesOnWhenThePatternBecomesGeneral(Layout layout, int batch) {
        assertGoesOn(Direction.BACKWARD_INPUT, transposable(1), random(1, 1), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void backwardInputGoesOnWhenThePatternBecomesTransposable(Layout layout, int batch) {
        assertGoesOn(Direction.BACKWARD_INPUT, random(1, 1), transposable(1), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void backwardInputGoesOnWhenFewerColumnsShareTheirPlaces(Layout layout, int batch) {
        NmPattern squares = new NmCase(ROWS, COLS / 4, 2, 4, 2, 1).transposablePattern(1);
        assertTrue(
                squares.transpose().sharedRows() > transposable(2).transpose().sharedRows());
        assertGoesOn(Direction.BACKWARD_INPUT, squares, transposable(2), batch, layout);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void backwardInputOfOtherValuesIsTheirs(Layout layout, int batch) {
        SemiStructuredMatrix w = matrix(transposable(1));
        SpmmPlan plan = plan(w, Direction.BACKWARD_INPUT, batch, layout);
        w.values().copyFrom(matrix(transposable(2)).values());
        assertMultiplies(plan, w, Direction.BACKWARD_INPUT, batch, layout);
    }

    @Test
    void forwardRefusesToRunAfterARewiring() {
        SemiStructuredMatrix w = matrix(random(1, 1));
        SpmmPlan plan = plan(w, Direction.FORWARD, 17, Layout.PANELS);
        w.rewire(random(1, 2));
        Refusal.ofState("w: rewired", () -> assertMultiplies(plan, w, Direction.FORWARD, 17, Layout.PANELS));
    }

    @Test
    void forwardRefusesToRunAfterAnAssignment() {
        SemiStructuredMatrix w = matrix(random(1, 1));
        SpmmPlan plan = plan(w, Direction.FORWARD, 17, Layout.PANELS);
        w.assign(integers(ROWS, COLS, 2).rowMajor(memory), random(1, 2));
        Refusal.ofState("w: rewired", () -> assertMultiplies(plan, w, Direction.FORWARD, 17, Layout.PANELS));
    }

    @Test
    void transposedPlanRefusesToRunAfterARewiring() {
        SemiStructuredMatrix w = matrix(transposable(1));
        SpmmPlan plan = plan(w, Direction.BACKWARD_INPUT, 17, Layout.PANELS);
        w.rewire(random(1, 2));
        Refusal.ofState("w: rewired", () -> assertMultiplies(plan, w, Direction.BACKWARD_INPUT, 17, Layout.PANELS));
    }

    @Test
    void generalBackwardPlanRefusesToRunAfterARewiring() {
        SemiStructuredMatrix w = matrix(random(1, 1));
        SpmmPlan plan = plan(w, Direction.BACKWARD_INPUT, 17, Layout.PANELS);
        w.rewire(random(1, 2));
        Refusal.ofState("w: rewired", () -> assertMultiplies(plan, w, Direction.BACKWARD_INPUT, 17, Layout.PANELS));
    }

    @Test
    void gradientRefusesToRunAfterARewiring() {
        SemiStructuredMatrix dw = matrix(random(1, 1));
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, 17, Layout.PANELS, false, workers);
        dw.rewire(random(1, 2));
        Refusal.ofState(
                "dw: rewired",
                () -> plan.run(
                        integers(17, ROWS, 3).panels(arena),
                        integers(17, COLS, 4).panels(arena)));
    }

    @Test
    void gradientGoesOnWithOtherPlaces() {
        SemiStructuredMatrix dw = matrix(random(1, 1));
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, 17, Layout.PANELS, false, workers);
        NmPattern next = random(1, 2);
        dw.rewire(next);
        plan.replan();
        plan.run(
                Grid.filled(17, ROWS, 1).panels(arena), Grid.filled(17, COLS, 1).panels(arena));
        Grid expected = Grid.filled(ROWS, COLS, 17).on(next);
        assertTrue(expected.sameBits(Grid.read(dw)));
    }

    @Test
    void backwardPlanOfATransposablePatternSaysThatItIsTransposedAsNm() {
        String plan = plan(matrix(transposable(1)), Direction.BACKWARD_INPUT, 17, Layout.PANELS)
                .toString();
        assertTrue(plan.contains("24×36, 2:4, transposed as N:M"), plan);
    }

    @Test
    void backwardPlanOfAGeneralPatternSaysThatItIsInSingleBlocks() {
        String plan = plan(matrix(random(1, 1)), Direction.BACKWARD_INPUT, 17, Layout.PANELS)
                .toString();
        assertTrue(plan.contains("1×1"), plan);
        assertFalse(plan.contains("N:M"), plan);
    }

    @Test
    void aPlanSaysWhichWayItGoesSinceItWasReplanned() {
        SemiStructuredMatrix w = matrix(transposable(1));
        SpmmPlan plan = plan(w, Direction.BACKWARD_INPUT, 17, Layout.PANELS);
        w.rewire(random(1, 1));
        plan.replan();
        assertEquals(plan(w, Direction.BACKWARD_INPUT, 17, Layout.PANELS).toString(), plan.toString());
    }

    @Test
    void forwardPlanSaysHowManyRowsShareTheirPlaces() {
        String plan =
                plan(matrix(random(4, 1)), Direction.FORWARD, 17, Layout.PANELS).toString();
        assertTrue(plan.startsWith("forward, batch 17, NmPattern 24×36, 2:4 shared by 4 rows"), plan);
    }
}
