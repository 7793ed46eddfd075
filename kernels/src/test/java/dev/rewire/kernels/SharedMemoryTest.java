package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An operand that is written lies over another one: refused by every product and copy, with the names of both, and nothing is written. Panels own their
 * memory; so what overlaps is a {@link DenseMatrix} over memory of theirs, or of a sparse matrix. W is 16×16.
 */
class SharedMemoryTest {
    private static final int SIDE = 16;

    /** A format of W, with 128 values at least: 8 samples of 16 lie over them. */
    enum Format {
        BLOCKS {
            @Override
            SparseMatrix matrix(KernelArena arena) {
                return BlockSparseMatrix.allocate(arena, BlockPattern.full(SIDE, SIDE, 8, 8));
            }
        },
        ELEMENTS {
            @Override
            SparseMatrix matrix(KernelArena arena) {
                return BlockSparseMatrix.allocate(arena, BlockPattern.full(SIDE, SIDE, 1, 1));
            }
        },
        NM {
            @Override
            SparseMatrix matrix(KernelArena arena) {
                return SemiStructuredMatrix.allocate(
                        arena, new NmCase(SIDE, SIDE / 4, 2, 4, 1, 1).transposablePattern(0));
            }
        };

        abstract SparseMatrix matrix(KernelArena arena);
    }

    private final TestMemory memory = TestMemory.open();
    private final KernelArena arena = memory.kernels();
    private final Workers workers = Workers.of(2);

    @AfterEach
    void free() {
        memory.close();
        workers.close();
    }

    private DenseMatrix dense(int rows, int cols) {
        return new Grid(rows, cols).rowMajor(memory);
    }

    private static DenseMatrix over(MemorySegment values, int rows) {
        return DenseMatrix.of(values, rows, SIDE);
    }

    private static void refused(String message, MemorySegment untouched, Runnable call) {
        untouched.fill((byte) 0x3c);
        byte[] before = untouched.toArray(ValueLayout.JAVA_BYTE);
        Refusal.ofArgument(message, call::run);
        assertArrayEquals(before, untouched.toArray(ValueLayout.JAVA_BYTE));
    }

    private SpmmPlan plan(SparseMatrix w, boolean forward, int batch, Layout layout, Epilogue epilogue) {
        return forward
                ? SpmmPlan.forward(arena, w, batch, layout, epilogue, workers)
                : SpmmPlan.backwardInput(arena, w, batch, layout, epilogue, workers);
    }

    @ParameterizedTest
    @EnumSource
    void outputsOverTheWeights(Format format) {
        SparseMatrix w = format.matrix(arena);
        for (boolean forward : new boolean[] {true, false}) {
            for (int batch : new int[] {1, 8}) {
                SpmmPlan plan = plan(w, forward, batch, Layout.ROW_MAJOR, Epilogue.NONE);
                DenseMatrix y = over(w.values(), batch);
                refused("y: shares memory with w", w.values(), () -> plan.run(dense(batch, SIDE), y));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void featureMajorOutputsOverTheWeights(Format format) {
        SparseMatrix w = format.matrix(arena);
        for (boolean forward : new boolean[] {true, false}) {
            for (int batch : new int[] {1, 8}) {
                SpmmPlan plan = plan(w, forward, batch, Layout.FEATURE_MAJOR, Epilogue.NONE);
                DenseMatrix y = DenseMatrix.of(w.values(), SIDE, batch);
                refused("y: shares memory with w", w.values(), () -> plan.run(dense(SIDE, batch), y));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfWeightsOverAFeatureMajorOperand(Format format) {
        SparseMatrix dw = format.matrix(arena);
        for (int batch : new int[] {1, 8}) {
            SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, batch, Layout.FEATURE_MAJOR, false, workers);
            DenseMatrix over = DenseMatrix.of(dw.values(), SIDE, batch);
            refused("dw: shares memory with dy", dw.values(), () -> plan.run(over, dense(SIDE, batch)));
            refused("dw: shares memory with x", dw.values(), () -> plan.run(dense(SIDE, batch), over));
        }
    }

    /** One float further is another sample, one stride another feature of the same sample: neither is the same place. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void featureMajorOutputsBesideTheirInputs(int batch) {
        SparseMatrix w = Format.BLOCKS.matrix(arena);
        int stride = batch + 1;
        for (int distance : new int[] {batch == 1 ? stride : 1, stride}) {
            MemorySegment all = memory.floats((long) SIDE * stride + distance, 0);
            SpmmPlan plan = plan(w, true, batch, Layout.FEATURE_MAJOR, Epilogue.NONE);
            DenseMatrix first = DenseMatrix.of(all, SIDE, batch, stride);
            DenseMatrix next = DenseMatrix.of(all.asSlice((long) distance * Float.BYTES), SIDE, batch, stride);
            refused("y: shares memory with x", all, () -> plan.run(first, next));
            refused("y: shares memory with x", all, () -> plan.run(next, first));
        }
    }

    @Test
    void featureMajorOutputsOverTheirBias() {
        DenseMatrix y = dense(SIDE, 8);
        DenseMatrix bias = over(y.segment(), 1);
        SpmmPlan plan = plan(Format.BLOCKS.matrix(arena), true, 8, Layout.FEATURE_MAJOR, Epilogue.NONE.withBias(bias));
        refused("y: shares memory with bias", y.segment(), () -> plan.run(dense(SIDE, 8), y));
    }

    @ParameterizedTest
    @EnumSource
    void outputsOverTheLastOfTheWeights(Format format) {
        SparseMatrix w = format.matrix(arena);
        DenseMatrix y = over(w.values().asSlice(w.values().byteSize() - Float.BYTES * SIDE), 1);
        SpmmPlan plan = plan(w, true, 1, Layout.ROW_MAJOR, Epilogue.NONE);
        refused("y: shares memory with w", w.values(), () -> plan.run(dense(1, SIDE), y));
    }

    @ParameterizedTest
    @EnumSource
    void gradientsOfWeightsOverAnOperand(Format format) {
        SparseMatrix dw = format.matrix(arena);
        for (int batch : new int[] {1, 8}) {
            SddmmPlan plan = SddmmPlan.backwardWeight(arena, dw, batch, Layout.ROW_MAJOR, false, workers);
            DenseMatrix over = over(dw.values(), batch);
            refused("dw: shares memory with dy", dw.values(), () -> plan.run(over, dense(batch, SIDE)));
            refused("dw: shares memory with x", dw.values(), () -> plan.run(dense(batch, SIDE), over));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void outputsOneFloatBesideTheirInputs(int batch) {
        SparseMatrix w = Format.BLOCKS.matrix(arena);
        int stride = SIDE + 1;
        MemorySegment all = memory.floats((long) batch * stride + 1, 0);
        for (boolean forward : new boolean[] {true, false}) {
            SpmmPlan plan = plan(w, forward, batch, Layout.ROW_MAJOR, Epilogue.NONE);
            DenseMatrix first = DenseMatrix.of(all, batch, SIDE, stride);
            DenseMatrix next = DenseMatrix.of(all.asSlice(Float.BYTES), batch, SIDE, stride);
            refused("y: shares memory with x", all, () -> plan.run(first, next));
            refused("y: shares memory with x", all, () -> plan.run(next, first));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void rowMajorOutputsOverTheirBias(int batch) {
        DenseMatrix y = dense(batch, SIDE);
        MemorySegment lastRow = y.segment().asSlice((batch - 1L) * SIDE * Float.BYTES);
        SpmmPlan plan = plan(
                Format.BLOCKS.matrix(arena), true, batch, Layout.ROW_MAJOR, Epilogue.NONE.withBias(over(lastRow, 1)));
        refused("y: shares memory with bias", y.segment(), () -> plan.run(dense(batch, SIDE), y));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void panelsOverTheirBias(int batch) {
        PanelMatrix y = PanelMatrix.allocate(arena, batch, SIDE);
        Epilogue epilogue = Epilogue.NONE.withBias(over(y.segment().asSlice(64), 1));
        SpmmPlan plan = plan(Format.BLOCKS.matrix(arena), true, batch, Layout.PANELS, epilogue);
        PanelMatrix x = PanelMatrix.allocate(arena, batch, SIDE);
        refused("bias: shares memory with y", y.segment(), () -> plan.run(x, y));
    }

    @Test
    void aBiasBetweenTheRowsOfItsOutputIsApart() {
        MemorySegment all = memory.floats(8L * 2 * SIDE, 0);
        DenseMatrix y = DenseMatrix.of(all, 8, SIDE, 2 * SIDE);
        DenseMatrix bias = over(all.asSlice(3L * SIDE * Float.BYTES), 1);
        bias.set(0, 5, 7);
        plan(Format.BLOCKS.matrix(arena), true, 8, Layout.ROW_MAJOR, Epilogue.NONE.withBias(bias))
                .run(dense(8, SIDE), y);
        assertTrue(Grid.read(y).sameBits(Grid.of(8, SIDE, (row, col) -> col == 5 ? 7 : 0)));
    }

    @Test
    void panelsAndAMatrixOverThem() {
        PanelMatrix panels = PanelMatrix.allocate(arena, 8, SIDE);
        DenseMatrix over = over(panels.segment(), 8);
        refused("source: shares memory with the panels", panels.segment(), () -> panels.pack(over, workers));
        refused("target: shares memory with the panels", panels.segment(), () -> panels.unpack(over, workers));
    }

    /** Values of an N:M matrix are too few for a dense one. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NM")
    void aMatrixWrittenOverItself(Format format) {
        SparseMatrix matrix = format.matrix(arena);
        MemorySegment values = matrix.values();
        refused("target: shares memory with the matrix", values, () -> matrix.toDense(over(values, SIDE)));
    }
}
