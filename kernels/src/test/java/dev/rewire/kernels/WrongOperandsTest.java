package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operands that a plan refuses: W is 20×24 (outputs × inputs), the batch 17. */
class WrongOperandsTest {
    private static final int BATCH = 17;
    private static final int OUTPUTS = 20;
    private static final int INPUTS = 24;

    private final TestMemory memory = TestMemory.open();
    private final KernelArena arena = memory.kernels();
    private final Workers workers = Workers.of(1);
    private final Workers two = Workers.of(2);
    private final BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(OUTPUTS, INPUTS, 8, 4));

    @AfterEach
    void free() {
        memory.close();
        workers.close();
        two.close();
    }

    private PanelMatrix panels(int rows, int cols) {
        return PanelMatrix.allocate(arena, rows, cols);
    }

    private DenseMatrix dense(int rows, int cols) {
        return new Grid(rows, cols).rowMajor(memory);
    }

    private SpmmPlan forward(Layout layout, Epilogue epilogue, Workers who) {
        return SpmmPlan.forward(arena, w, BATCH, layout, epilogue, who);
    }

    private SpmmPlan backward() {
        return SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers);
    }

    private SddmmPlan gradient(Layout layout, Workers who) {
        return SddmmPlan.backwardWeight(arena, w, BATCH, layout, false, who);
    }

    @Test
    void forwardRefusesPanelsOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        Refusal.ofArgument("x.rows: 18 ", () -> plan.run(panels(18, INPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void forwardRefusesPanelsOfOtherInputs() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        Refusal.ofArgument("x.cols: 20 ", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void forwardRefusesOutputPanelsOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        Refusal.ofArgument("y.rows: 18 ", () -> plan.run(panels(BATCH, INPUTS), panels(18, OUTPUTS)));
    }

    @Test
    void forwardRefusesPanelsOfOtherOutputs() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        Refusal.ofArgument("y.cols: 24 ", () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void forwardRefusesRowMajorInputOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("x.rows: 18 ", () -> plan.run(dense(18, INPUTS), dense(BATCH, OUTPUTS)));
    }

    @Test
    void forwardRefusesRowMajorInputOfOtherInputs() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("x.cols: 23 ", () -> plan.run(dense(BATCH, 23), dense(BATCH, OUTPUTS)));
    }

    @Test
    void forwardRefusesRowMajorOutputOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("y.rows: 16 ", () -> plan.run(dense(BATCH, INPUTS), dense(16, OUTPUTS)));
    }

    @Test
    void forwardRefusesRowMajorOutputOfOtherOutputs() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("y.cols: 21 ", () -> plan.run(dense(BATCH, INPUTS), dense(BATCH, 21)));
    }

    @Test
    void backwardInputRefusesPanelsOfOtherOutputs() {
        Refusal.ofArgument("x.cols: 24 ", () -> backward().run(panels(BATCH, INPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void backwardInputRefusesPanelsOfOtherInputs() {
        Refusal.ofArgument("y.cols: 20 ", () -> backward().run(panels(BATCH, OUTPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void backwardWeightRefusesAGradientOfOtherOutputs() {
        SddmmPlan plan = gradient(Layout.PANELS, workers);
        Refusal.ofArgument("dy.cols: 24 ", () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void backwardWeightRefusesAGradientOfAnotherBatch() {
        SddmmPlan plan = gradient(Layout.PANELS, workers);
        Refusal.ofArgument("dy.rows: 18 ", () -> plan.run(panels(18, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void backwardWeightRefusesOtherInputs() {
        SddmmPlan plan = gradient(Layout.PANELS, workers);
        Refusal.ofArgument("x.cols: 20 ", () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void backwardWeightRefusesARowMajorInputOfAnotherBatch() {
        SddmmPlan plan = gradient(Layout.ROW_MAJOR, workers);
        Refusal.ofArgument("x.rows: 18 ", () -> plan.run(dense(BATCH, OUTPUTS), dense(18, INPUTS)));
    }

    @Test
    void forwardRefusesFeatureMajorInputOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("x.cols: 18 ", () -> plan.run(dense(INPUTS, 18), dense(OUTPUTS, 18)));
    }

    @Test
    void forwardRefusesFeatureMajorInputOfOtherInputs() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("x.rows: 23 ", () -> plan.run(dense(23, BATCH), dense(OUTPUTS, BATCH)));
    }

    @Test
    void forwardRefusesFeatureMajorOutputOfAnotherBatch() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("y.cols: 16 ", () -> plan.run(dense(INPUTS, BATCH), dense(OUTPUTS, 16)));
    }

    @Test
    void forwardRefusesFeatureMajorOutputOfOtherOutputs() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("y.rows: 21 ", () -> plan.run(dense(INPUTS, BATCH), dense(21, BATCH)));
    }

    @Test
    void forwardRefusesRowMajorOperandsInAFeatureMajorPlan() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument("x.cols: 24 ", () -> plan.run(dense(BATCH, INPUTS), dense(BATCH, OUTPUTS)));
    }

    @Test
    void backwardWeightRefusesAFeatureMajorInputOfAnotherBatch() {
        SddmmPlan plan = gradient(Layout.FEATURE_MAJOR, workers);
        Refusal.ofArgument("x.cols: 16 ", () -> plan.run(dense(OUTPUTS, BATCH), dense(INPUTS, 16)));
    }

    @Test
    void backwardWeightRefusesAFeatureMajorGradientOfOtherOutputs() {
        SddmmPlan plan = gradient(Layout.FEATURE_MAJOR, workers);
        Refusal.ofArgument("dy.rows: 24 ", () -> plan.run(dense(INPUTS, BATCH), dense(INPUTS, BATCH)));
    }

    @Test
    void aFeatureMajorPlanRefusesPanels() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument(
                "x: operands are PANELS; this plan accepts FEATURE_MAJOR",
                () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void aReadOnlyFeatureMajorOutputIsRefused() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        DenseMatrix readOnly = DenseMatrix.of(memory.floats(BATCH * OUTPUTS, 0).asReadOnly(), OUTPUTS, BATCH);
        Refusal.ofArgument("y: a read-only segment", () -> plan.run(dense(INPUTS, BATCH), readOnly));
    }

    @Test
    void aReadOnlyFeatureMajorInputIsAccepted() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        DenseMatrix readOnly = DenseMatrix.of(memory.floats(BATCH * INPUTS, 0).asReadOnly(), INPUTS, BATCH);
        assertDoesNotThrow(() -> plan.run(readOnly, dense(OUTPUTS, BATCH)));
    }

    @Test
    void aConfinedFeatureMajorInputIsRefusedByTwoWorkers() {
        SpmmPlan plan = forward(Layout.FEATURE_MAJOR, Epilogue.NONE, two);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, INPUTS, BATCH);
            Refusal.ofArgument("x: a segment of a confined arena", () -> plan.run(mine, dense(OUTPUTS, BATCH)));
        }
    }

    @Test
    void aMaskForFeatureMajorOperandsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withReluMask(panels(BATCH, OUTPUTS));
        Refusal.ofArgument(
                "reluMask: given for layout FEATURE_MAJOR", () -> forward(Layout.FEATURE_MAJOR, epilogue, workers));
    }

    @Test
    void aPanelPlanRefusesRowMajorOperands() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        Refusal.ofArgument(
                "x: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS",
                () -> plan.run(dense(BATCH, INPUTS), dense(BATCH, OUTPUTS)));
    }

    @Test
    void aRowMajorPlanRefusesPanels() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        Refusal.ofArgument(
                "x: operands are PANELS; this plan accepts ROW_MAJOR",
                () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void backwardWeightForPanelsRefusesRowMajorOperands() {
        SddmmPlan plan = gradient(Layout.PANELS, workers);
        Refusal.ofArgument(
                "dy: operands are ROW_MAJOR or FEATURE_MAJOR; this plan accepts PANELS",
                () -> plan.run(dense(BATCH, OUTPUTS), dense(BATCH, INPUTS)));
    }

    @Test
    void backwardWeightForRowMajorOperandsRefusesPanels() {
        SddmmPlan plan = gradient(Layout.ROW_MAJOR, workers);
        Refusal.ofArgument(
                "dy: operands are PANELS; this plan accepts ROW_MAJOR",
                () -> plan.run(panels(BATCH, OUTPUTS), panels(BATCH, INPUTS)));
    }

    @Test
    void panelsThatAreTheirOwnOutputAreRefused() {
        BlockSparseMatrix square = BlockSparseMatrix.allocate(arena, BlockPattern.full(INPUTS, INPUTS, 8, 8));
        SpmmPlan plan = SpmmPlan.forward(arena, square, BATCH, Layout.PANELS, Epilogue.NONE, workers);
        PanelMatrix both = panels(BATCH, INPUTS);
        Refusal.ofArgument("y: shares memory with x", () -> plan.run(both, both));
    }

    @Test
    void panelsThatOverlapTheirOutputAreRefused() {
        BlockSparseMatrix square = BlockSparseMatrix.allocate(arena, BlockPattern.full(8, 8, 8, 8));
        SpmmPlan plan = SpmmPlan.forward(arena, square, BATCH, Layout.PANELS, Epilogue.NONE, workers);
        PanelMatrix wide = panels(BATCH, 16);
        Refusal.ofArgument("y: shares memory with x", () -> plan.run(wide.features(0, 8), wide.features(8, 16)));
    }

    @Test
    void aReadOnlyOutputIsRefused() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        DenseMatrix readOnly = DenseMatrix.of(memory.floats(BATCH * OUTPUTS, 0).asReadOnly(), BATCH, OUTPUTS);
        Refusal.ofArgument("y: a read-only segment", () -> plan.run(dense(BATCH, INPUTS), readOnly));
    }

    @Test
    void aReadOnlyInputIsAccepted() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        DenseMatrix readOnly = DenseMatrix.of(memory.floats(BATCH * INPUTS, 0).asReadOnly(), BATCH, INPUTS);
        assertDoesNotThrow(() -> plan.run(readOnly, dense(BATCH, OUTPUTS)));
    }

    @Test
    void aConfinedInputIsRefusedByTwoWorkers() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, two);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, BATCH, INPUTS);
            Refusal.ofArgument("x: a segment of a confined arena", () -> plan.run(mine, dense(BATCH, OUTPUTS)));
        }
    }

    @Test
    void aConfinedOutputIsRefusedByTwoWorkers() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, two);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, BATCH, OUTPUTS);
            Refusal.ofArgument("y: a segment of a confined arena", () -> plan.run(dense(BATCH, INPUTS), mine));
        }
    }

    @Test
    void aConfinedGradientIsRefusedByTwoWorkers() {
        SddmmPlan plan = gradient(Layout.ROW_MAJOR, two);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, BATCH, OUTPUTS);
            Refusal.ofArgument("dy: a segment of a confined arena", () -> plan.run(mine, dense(BATCH, INPUTS)));
        }
    }

    @Test
    void confinedOperandsAreAcceptedByTheirThreadAlone() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix x = DenseMatrix.allocate(confined, BATCH, INPUTS);
            DenseMatrix y = DenseMatrix.allocate(confined, BATCH, OUTPUTS);
            assertDoesNotThrow(() -> plan.run(x, y));
        }
    }

    @Test
    void aConfinedInputOfAnotherThreadIsRefused() throws Exception {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, workers);
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, BATCH, INPUTS);
            DenseMatrix y = dense(BATCH, OUTPUTS);
            Throwable[] thrown = new Throwable[1];
            Thread other =
                    new Thread(() -> Refusal.ofArgument("x: a segment of a confined arena", () -> plan.run(mine, y)));
            other.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
            other.start();
            other.join();
            assertEquals(null, thrown[0]);
        }
    }

    @Test
    void aConfinedBiasOfAnotherThreadIsRefused() throws Exception {
        try (Arena confined = Arena.ofConfined()) {
            DenseMatrix mine = DenseMatrix.allocate(confined, 1, OUTPUTS);
            SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE.withBias(mine), two);
            PanelMatrix x = panels(BATCH, INPUTS);
            PanelMatrix y = panels(BATCH, OUTPUTS);
            assertDoesNotThrow(() -> plan.run(x, y));
            Throwable[] thrown = new Throwable[1];
            Thread other =
                    new Thread(() -> Refusal.ofArgument("bias: a segment of a confined arena", () -> plan.run(x, y)));
            other.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
            other.start();
            other.join();
            assertEquals(null, thrown[0]);
        }
    }

    @Test
    void matricesBehindOneAnotherInOneSegmentAreAccepted() {
        SpmmPlan plan = forward(Layout.ROW_MAJOR, Epilogue.NONE, two);
        MemorySegment all = memory.floats(2L * BATCH * INPUTS, 0);
        for (boolean first : new boolean[] {true, false}) {
            DenseMatrix x = DenseMatrix.of(first ? all : all.asSlice(4L * BATCH * INPUTS), BATCH, INPUTS);
            DenseMatrix y = DenseMatrix.of(first ? all.asSlice(4L * BATCH * INPUTS) : all, BATCH, OUTPUTS);
            assertDoesNotThrow(() -> plan.run(x, y));
        }
    }

    @Test
    void closedWorkersAreRefusedByAProduct() {
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        workers.close();
        Refusal.ofState("workers: closed", () -> plan.run(panels(BATCH, INPUTS), panels(BATCH, OUTPUTS)));
    }

    @Test
    void aRefusedProductLeavesItsArenasClosable() {
        KernelArena xs = KernelArena.open();
        PanelMatrix x = PanelMatrix.allocate(xs, BATCH, INPUTS);
        SpmmPlan plan = forward(Layout.PANELS, Epilogue.NONE, workers);
        workers.close();
        Refusal.ofState("workers: closed", () -> plan.run(x, panels(BATCH, OUTPUTS)));
        assertDoesNotThrow(xs::close);
    }

    @Test
    void aNegativeBatchIsRefused() {
        Refusal.ofArgument("batch: -1 ", () -> SpmmPlan.forward(arena, w, -1, Layout.PANELS, Epilogue.NONE, workers));
    }

    @Test
    void backwardWeightRefusesANegativeBatch() {
        Refusal.ofArgument("batch: -1 ", () -> SddmmPlan.backwardWeight(arena, w, -1, Layout.PANELS, false, workers));
    }

    @Test
    void aBiasOfSeveralRowsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withBias(dense(2, OUTPUTS));
        Refusal.ofArgument("bias.rows: 2 ", () -> forward(Layout.PANELS, epilogue, workers));
    }

    @Test
    void aBiasOfOtherOutputsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withBias(dense(1, INPUTS));
        Refusal.ofArgument("bias.cols: 24 ", () -> forward(Layout.PANELS, epilogue, workers));
    }

    @Test
    void aMaskOfOtherOutputsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withReluMask(panels(BATCH, INPUTS));
        Refusal.ofArgument("reluMask.cols: 24 ", () -> forward(Layout.PANELS, epilogue, workers));
    }

    @Test
    void aMaskOfAnotherBatchIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withReluMask(panels(16, OUTPUTS));
        Refusal.ofArgument("reluMask.rows: 16 ", () -> forward(Layout.PANELS, epilogue, workers));
    }

    @Test
    void aMaskForRowMajorOperandsIsRefused() {
        Epilogue epilogue = Epilogue.NONE.withReluMask(panels(BATCH, OUTPUTS));
        Refusal.ofArgument("reluMask: given for layout ROW_MAJOR", () -> forward(Layout.ROW_MAJOR, epilogue, workers));
    }

    @Test
    void aMaskBesidesAReluIsRefused() {
        Epilogue relu = Epilogue.NONE.withRelu();
        Refusal.ofArgument("reluMask: given together with relu", () -> relu.withReluMask(panels(BATCH, OUTPUTS)));
    }
}
