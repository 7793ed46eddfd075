package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is used after its arena was closed is refused by name. */
class ClosedOperandsTest {
    private static final int BATCH = 17;

    /** What is closed before it is used. */
    private final KernelArena closed = KernelArena.open();

    private final Arena callersClosed = Arena.ofShared();
    private final TestMemory memory = TestMemory.open();
    private final KernelArena open = memory.kernels();
    private final Workers workers = Workers.of(1);

    @AfterEach
    void free() {
        memory.close();
        workers.close();
        if (closed.scope().isAlive()) {
            closed.close();
        }
        if (callersClosed.scope().isAlive()) {
            callersClosed.close();
        }
    }

    private static PanelMatrix panels(KernelArena arena) {
        return PanelMatrix.allocate(arena, BATCH, 16);
    }

    private DenseMatrix dense() {
        return new Grid(BATCH, 16).rowMajor(memory);
    }

    private DenseMatrix dense(Layout layout) {
        return new Grid(BATCH, 16).dense(layout, memory);
    }

    private static BlockSparseMatrix matrix(KernelArena arena) {
        return BlockSparseMatrix.allocate(arena, BlockPattern.full(16, 16, 8, 8));
    }

    private SpmmPlan forward(KernelArena arena, BlockSparseMatrix w, Layout layout, Epilogue epilogue) {
        return SpmmPlan.forward(arena, w, BATCH, layout, epilogue, workers);
    }

    @Test
    void inputPanels() {
        PanelMatrix x = panels(closed);
        SpmmPlan plan = forward(open, matrix(open), Layout.PANELS, Epilogue.NONE);
        closed.close();
        Refusal.ofState("x: its arena is closed", () -> plan.run(x, panels(open)));
    }

    @Test
    void outputPanels() {
        PanelMatrix y = panels(closed);
        SpmmPlan plan = forward(open, matrix(open), Layout.PANELS, Epilogue.NONE);
        closed.close();
        Refusal.ofState("y: its arena is closed", () -> plan.run(panels(open), y));
    }

    @Test
    void weights() {
        SpmmPlan plan = forward(open, matrix(closed), Layout.PANELS, Epilogue.NONE);
        closed.close();
        Refusal.ofState("w: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @Test
    void scratchOfThePlan() {
        SpmmPlan plan = forward(closed, matrix(open), Layout.PANELS, Epilogue.NONE);
        closed.close();
        Refusal.ofState("plan: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @Test
    void mask() {
        SpmmPlan plan = forward(open, matrix(open), Layout.PANELS, Epilogue.NONE.withReluMask(panels(closed)));
        closed.close();
        Refusal.ofState("reluMask: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @Test
    void bias() {
        DenseMatrix bias = DenseMatrix.allocate(callersClosed, 1, 16);
        SpmmPlan plan = forward(open, matrix(open), Layout.PANELS, Epilogue.NONE.withBias(bias));
        callersClosed.close();
        Refusal.ofState("bias: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PANELS")
    void denseInput(Layout layout) {
        DenseMatrix x = layout.allocate(callersClosed, BATCH, 16);
        SpmmPlan plan = forward(open, matrix(open), layout, Epilogue.NONE);
        callersClosed.close();
        Refusal.ofState("x: its arena is closed", () -> plan.run(x, dense(layout)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PANELS")
    void denseOutput(Layout layout) {
        DenseMatrix y = layout.allocate(callersClosed, BATCH, 16);
        SpmmPlan plan = forward(open, matrix(open), layout, Epilogue.NONE);
        callersClosed.close();
        Refusal.ofState("y: its arena is closed", () -> plan.run(dense(layout), y));
    }

    @Test
    void weightsOfARowMajorPlan() {
        SpmmPlan plan = forward(open, matrix(closed), Layout.ROW_MAJOR, Epilogue.NONE);
        closed.close();
        Refusal.ofState("w: its arena is closed", () -> plan.run(dense(), dense()));
    }

    @Test
    void scratchOfARowMajorPlan() {
        SpmmPlan plan = forward(closed, matrix(open), Layout.ROW_MAJOR, Epilogue.NONE);
        closed.close();
        Refusal.ofState("plan: its arena is closed", () -> plan.run(dense(), dense()));
    }

    @Test
    void gradientOfBackwardWeight() {
        PanelMatrix dy = panels(closed);
        SddmmPlan plan = SddmmPlan.backwardWeight(open, matrix(open), BATCH, Layout.PANELS, false, workers);
        closed.close();
        Refusal.ofState("dy: its arena is closed", () -> plan.run(dy, panels(open)));
    }

    @Test
    void inputOfBackwardWeight() {
        PanelMatrix x = panels(closed);
        SddmmPlan plan = SddmmPlan.backwardWeight(open, matrix(open), BATCH, Layout.PANELS, false, workers);
        closed.close();
        Refusal.ofState("x: its arena is closed", () -> plan.run(panels(open), x));
    }

    @Test
    void resultOfBackwardWeight() {
        SddmmPlan plan = SddmmPlan.backwardWeight(open, matrix(closed), BATCH, Layout.PANELS, false, workers);
        closed.close();
        Refusal.ofState("dw: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @Test
    void scratchOfBackwardWeight() {
        SddmmPlan plan = SddmmPlan.backwardWeight(closed, matrix(open), BATCH, Layout.PANELS, false, workers);
        closed.close();
        Refusal.ofState("plan: its arena is closed", () -> plan.run(panels(open), panels(open)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PANELS")
    void denseGradientOfBackwardWeight(Layout layout) {
        DenseMatrix dy = layout.allocate(callersClosed, BATCH, 16);
        SddmmPlan plan = SddmmPlan.backwardWeight(open, matrix(open), BATCH, layout, false, workers);
        callersClosed.close();
        Refusal.ofState("dy: its arena is closed", () -> plan.run(dy, dense(layout)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PANELS")
    void denseInputOfBackwardWeight(Layout layout) {
        DenseMatrix x = layout.allocate(callersClosed, BATCH, 16);
        SddmmPlan plan = SddmmPlan.backwardWeight(open, matrix(open), BATCH, layout, false, workers);
        callersClosed.close();
        Refusal.ofState("x: its arena is closed", () -> plan.run(dense(layout), x));
    }

    @Test
    void aRefusedProductLeavesTheOtherArenasClosable() {
        KernelArena others = KernelArena.open();
        PanelMatrix y = panels(closed);
        PanelMatrix x = panels(others);
        SpmmPlan plan = forward(others, matrix(others), Layout.PANELS, Epilogue.NONE);
        closed.close();
        Refusal.ofState("y: its arena is closed", () -> plan.run(x, y));
        assertDoesNotThrow(others::close);
    }

    @Test
    void panelsThatArePacked() {
        PanelMatrix x = panels(closed);
        closed.close();
        Refusal.ofState("panels: its arena is closed", () -> x.pack(dense(), workers));
    }

    @Test
    void panelsThatAreUnpacked() {
        PanelMatrix x = panels(closed);
        closed.close();
        Refusal.ofState("panels: its arena is closed", () -> x.unpack(dense(), workers));
    }

    @Test
    void sourceOfAPacking() {
        DenseMatrix source = DenseMatrix.allocate(callersClosed, BATCH, 16);
        callersClosed.close();
        Refusal.ofState("source: its arena is closed", () -> panels(open).pack(source, workers));
    }

    @Test
    void targetOfAnUnpacking() {
        DenseMatrix target = DenseMatrix.allocate(callersClosed, BATCH, 16);
        callersClosed.close();
        Refusal.ofState("target: its arena is closed", () -> panels(open).unpack(target, workers));
    }

    @Test
    void elementOfPanels() {
        PanelMatrix x = panels(closed);
        closed.close();
        assertThrows(IllegalStateException.class, () -> x.get(0, 0));
    }

    @Test
    void elementOfABlockSparseMatrix() {
        BlockSparseMatrix w = matrix(closed);
        closed.close();
        assertThrows(IllegalStateException.class, () -> w.get(0, 0));
    }

    @Test
    void blockSparseMatrixThatIsWrittenOut() {
        BlockSparseMatrix w = matrix(closed);
        closed.close();
        assertThrows(IllegalStateException.class, () -> w.toDense(new Grid(16, 16).rowMajor(memory)));
    }

    @Test
    void arenaThatAllocatesPanels() {
        closed.close();
        assertThrows(IllegalStateException.class, () -> panels(closed));
    }

    @Test
    void arenaThatAllocatesAPlan() {
        BlockSparseMatrix w = matrix(open);
        closed.close();
        assertThrows(IllegalStateException.class, () -> forward(closed, w, Layout.ROW_MAJOR, Epilogue.NONE));
    }

    @Test
    void arenaThatIsClosedAgain() {
        closed.close();
        Refusal.ofState("arena: already closed", closed::close);
    }
}
