package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Plans backward to the input that copy weights into the memory of a gradient. */
class RoomTest {
    private static final int ROWS = 90;
    private static final int COLS = 70;
    private static final int BATCH = 70;

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);
    private final BlockPattern pattern = BlockPattern.random(ROWS, COLS, 1, 1, 700, new SplittableRandom(1));
    private final BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, pattern);
    private final BlockSparseMatrix room = BlockSparseMatrix.allocate(arena, pattern);

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    private SpmmPlan plan(BlockSparseMatrix in) {
        return SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED, in);
    }

    @Test
    void theProductIsTheSameBitByBit() {
        SplittableRandom random = new SplittableRandom(2);
        for (int item = 0; item < pattern.blocks(); item++) {
            w.values().setAtIndex(ValueLayout.JAVA_FLOAT, item, random.nextFloat() - 0.5f);
        }
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, ROWS);
        DenseMatrix values = DenseMatrix.allocate(arena, BATCH, ROWS);
        for (int i = 0; i < BATCH * ROWS; i++) {
            values.set(i / ROWS, i % ROWS, random.nextFloat() - 0.5f);
        }
        dy.pack(values, workers);
        PanelMatrix expected = PanelMatrix.allocate(arena, BATCH, COLS);
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, COLS);
        SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers, PlanChoice.STORED)
                .run(dy, expected);
        plan(room).run(dy, dx);
        assertEquals(-1, expected.segment().mismatch(dx.segment()));
    }

    @Test
    void tooLittleRoomIsRefused() {
        BlockSparseMatrix small =
                BlockSparseMatrix.allocate(arena, BlockPattern.random(ROWS, COLS, 1, 1, 10, new SplittableRandom(1)));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> plan(small));
        assertTrue(e.getMessage().startsWith("room: bytes of its values: 40 "), e::getMessage);
    }

    @Test
    void theWeightsThemselvesAreNoRoom() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> plan(w));
        assertEquals("room: shares memory with w; accepted are separate matrices", e.getMessage());
    }

    @Test
    void roomOfAClosedArenaIsRefused() {
        KernelArena other = KernelArena.open();
        SpmmPlan plan = plan(BlockSparseMatrix.allocate(other, pattern));
        other.close();
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, ROWS);
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, COLS);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> plan.run(dy, dx));
        assertEquals("room: its arena is closed", e.getMessage());
    }
}
