package dev.rewire.kernels;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands that plans for N:M matrices refuse: W is 20×24 (outputs × inputs). */
class NmOperandsTest {
    private static final int BATCH = 17;
    private static final int OUTPUTS = 20;
    private static final int INPUTS = 24;

    /** What is closed before it is used. */
    private final KernelArena closed = KernelArena.open();

    private final TestMemory memory = TestMemory.open();
    private final KernelArena open = memory.kernels();
    private final Workers workers = Workers.of(1);
    private final SemiStructuredMatrix w = matrix(open, true);

    @AfterEach
    void free() {
        memory.close();
        workers.close();
        if (closed.scope().isAlive()) {
            closed.close();
        }
    }

    private static SemiStructuredMatrix matrix(KernelArena arena, boolean transposable) {
        NmCase shape = new NmCase(OUTPUTS, INPUTS / 4, 2, 4, 1, 1);
        return SemiStructuredMatrix.allocate(arena, transposable ? shape.transposablePattern(0) : shape.pattern(0));
    }

    private PanelMatrix panels(int rows, int cols) {
        return PanelMatrix.allocate(open, rows, cols);
    }

    private DenseMatrix dense(int rows, int cols) {
        return new Grid(rows, cols).rowMajor(memory);
    }

    private SpmmPlan forward(KernelArena arena, SemiStructuredMatrix weights, int batch, Layout layout) {
        return SpmmPlan.forward(arena, weights, batch, layout, Epilogue.NONE, workers);
    }

    private SpmmPlan backward(KernelArena arena, SemiStructuredMatrix weights) {
        return SpmmPlan.backwardInput(arena, weights, BATCH, Layout.PANELS, Epilogue.NONE, workers);
    }

    private SddmmPlan gradient(KernelArena arena, SemiStructuredMatrix dw, Layout layout) {
        return SddmmPlan.backwardWeight(arena, dw, BATCH, layout, false, workers);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void closedWeightsOfForward(int batch) {
        SpmmPlan plan = forward(open, matrix(closed, true), batch, Layout.PANELS);
        closed.close();
        Refusal.ofState("w: its arena is closed", () -> plan.run(panels(batch, INPUTS), panels(batch, OUTPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void closedWeightsOfARowMajorPlan(int batch) {
        SpmmPlan plan = forward(open, matrix(closed, true), batch, Layout.ROW_MAJOR);
        closed.close();
        Refusal.ofState("w: its arena is closed", () -> plan.run(dense(batch, INPUTS), dense(batch, OUTPUTS)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closedWeightsOfBackwardInput(boolean transposable) {
        SpmmPlan plan = backward(open, matrix(closed, transposable));
        closed.close();
        Refusal.ofState("w: its arena is closed", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void closedResultOfBackwardWeight() {
        SddmmPlan plan = gradient(open, matrix(closed, true), Layout.PANELS);
        closed.close();
        Refusal.ofState("dw: its arena is closed", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void closedScratchOfForward(int batch) {
        SpmmPlan plan = forward(closed, w, batch, Layout.PANELS);
        closed.close();
        Refusal.ofState("plan: its arena is closed", () -> plan.run(panels(batch, INPUTS), panels(batch, OUTPUTS)));
    }

    @Test
    void closedScratchOfBackwardInput() {
        SpmmPlan plan = backward(closed, w);
        closed.close();
        Refusal.ofState("plan: its arena is closed", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void closedInputOfForward(int batch) {
        PanelMatrix x = PanelMatrix.allocate(closed, batch, INPUTS);
        SpmmPlan plan = forward(open, w, batch, Layout.PANELS);
        closed.close();
        Refusal.ofState("x: its arena is closed", () -> plan.run(x, panels(batch, OUTPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void closedOutputOfForward(int batch) {
        PanelMatrix y = PanelMatrix.allocate(closed, batch, OUTPUTS);
        SpmmPlan plan = forward(open, w, batch, Layout.PANELS);
        closed.close();
        Refusal.ofState("y: its arena is closed", () -> plan.run(panels(batch, INPUTS), y));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void forwardRefusesAnotherBatch(int batch) {
        SpmmPlan plan = forward(open, w, batch, Layout.PANELS);
        Refusal.ofArgument("x.rows: 18 ", () -> plan.run(panels(18, INPUTS), panels(batch, OUTPUTS)));
        Refusal.ofArgument("y.rows: 18 ", () -> plan.run(panels(batch, INPUTS), panels(18, OUTPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void forwardRefusesOtherInputsAndOutputs(int batch) {
        SpmmPlan plan = forward(open, w, batch, Layout.ROW_MAJOR);
        Refusal.ofArgument(
                "x.cols: 23 does not fit; expected 24 (from the shape of W, 20×24)",
                () -> plan.run(dense(batch, 23), dense(batch, OUTPUTS)));
        Refusal.ofArgument("y.cols: 21 ", () -> plan.run(dense(batch, INPUTS), dense(batch, 21)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void backwardInputRefusesOperandsOfForward(boolean transposable) {
        SpmmPlan plan = backward(open, matrix(open, transposable));
        Refusal.ofArgument("x.cols: 24 ", () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, OUTPUTS)));
        Refusal.ofArgument("y.cols: 20 ", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void backwardWeightRefusesOtherOutputsAndInputs() {
        SddmmPlan plan = gradient(open, w, Layout.PANELS);
        Refusal.ofArgument("dy.cols: 24 ", () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, INPUTS)));
        Refusal.ofArgument("x.cols: 20 ", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, OUTPUTS)));
        Refusal.ofArgument("dy.rows: 18 ", () -> plan.run(panels(18, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void aPanelPlanRefusesRowMajorOperands(int batch) {
        SpmmPlan plan = forward(open, w, batch, Layout.PANELS);
        Refusal.ofArgument(
                "x: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS",
                () -> plan.run(dense(batch, INPUTS), dense(batch, OUTPUTS)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, BATCH})
    void aRowMajorPlanRefusesPanels(int batch) {
        SpmmPlan plan = forward(open, w, batch, Layout.ROW_MAJOR);
        Refusal.ofArgument(
                "x: operands are PANELS; this plan accepts ROW_MAJOR",
                () -> plan.run(panels(batch, INPUTS), panels(batch, OUTPUTS)));
    }

    @Test
    void backwardWeightForPanelsRefusesRowMajorOperands() {
        SddmmPlan plan = gradient(open, w, Layout.PANELS);
        Refusal.ofArgument(
                "dy: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS",
                () -> plan.run(dense(BATCH, OUTPUTS), dense(BATCH, INPUTS)));
    }

    @Test
    void gradientsOfSixteenBitsAreRefused() {
        SemiStructuredMatrix dw = SemiStructuredMatrix.allocate(open, w.pattern(), ValueType.BF16);
        Refusal.ofArgument("dw: values stored as BF16", () -> gradient(open, dw, Layout.PANELS));
    }

    @Test
    void aNegativeBatchIsRefused() {
        Refusal.ofArgument("batch: -1 ", () -> forward(open, w, -1, Layout.PANELS));
    }

    @Test
    void aBiasOfOtherOutputsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withBias(dense(1, INPUTS));
        Refusal.ofArgument("bias.cols: 24 ", () -> SpmmPlan.forward(open, w, BATCH, Layout.PANELS, epilogue, workers));
    }
}
