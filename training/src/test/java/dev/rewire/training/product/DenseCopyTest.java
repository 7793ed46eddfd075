package dev.rewire.training.product;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DenseCopyTest {
    private static final int BATCH = 70;
    private static final int OUT = 300;
    private static final int IN = 260;

    private final SplittableRandom random = new SplittableRandom(1);
    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);
    private final LayerBuffers buffers = new LayerBuffers(random(IN), random(OUT), random(OUT), random(IN), true);
    private final BlockSparseMatrix weights = weights(0.7);

    @AfterEach
    void close() {
        workers.close();
        arena.close();
    }

    @Test
    void isNotTakenWhereTheSparseProductsAreFaster() {
        assertNull(copy(weights, () -> {}));
    }

    @Test
    void isNotTriedForALayerThatStoresLittle() {
        assertNull(copy(weights(0.1), DenseCopyTest::takeLong));
    }

    @Test
    void isNotTriedWhereSumsHaveAnotherOrder() {
        BlockPattern pattern = BlockPattern.random(OUT, IN, 1, 4, (int) (0.7 * OUT * IN / 4), random);
        assertNull(copy(BlockSparseMatrix.allocate(arena, pattern), DenseCopyTest::takeLong));
    }

    @Test
    void saysWhatWasMeasured() {
        String text = String.valueOf(copy(weights, DenseCopyTest::takeLong));
        assertTrue(text.matches("dense, .* ms forward and back where BlockPattern 300×260, .* takes .* ms"), text);
    }

    @Test
    void forwardGivesTheBitsOfTheSparseProduct() {
        DenseCopy copy = copy();
        copy.forward();
        float[] dense = floats(buffers.y());
        SpmmPlan.forward(arena, weights, BATCH, Layout.PANELS, Epilogue.NONE.withRelu(), workers)
                .run(buffers.x(), buffers.y());
        assertArrayEquals(floats(buffers.y()), dense);
    }

    @Test
    void backwardInputGivesTheBitsOfTheSparseProduct() {
        DenseCopy copy = copy();
        PanelMatrix dx = buffers.dx();
        assertNotNull(dx);
        copy.forward();
        copy.backwardInput();
        float[] dense = floats(dx);
        SpmmPlan.backwardInput(arena, weights, BATCH, Layout.PANELS, Epilogue.NONE.withReluMask(buffers.x()), workers)
                .run(buffers.dy(), dx);
        assertArrayEquals(floats(dx), dense);
    }

    private DenseCopy copy() {
        return new DenseCopy(
                arena, weights, Epilogue.NONE.withRelu(), Epilogue.NONE.withReluMask(buffers.x()), buffers, workers);
    }

    private @Nullable DenseCopy copy(BlockSparseMatrix matrix, Runnable sparse) {
        return DenseCopy.ifFaster(
                arena,
                matrix,
                Epilogue.NONE.withRelu(),
                Epilogue.NONE.withReluMask(buffers.x()),
                buffers,
                workers,
                sparse);
    }

    private static void takeLong() {
        long end = System.nanoTime() + 1_500_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private BlockSparseMatrix weights(double density) {
        BlockPattern pattern = BlockPattern.random(OUT, IN, 1, 1, (int) (density * OUT * IN), random);
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
        MemorySegment values = matrix.values();
        for (int i = 0; i < pattern.blocks(); i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat(-1, 1));
        }
        return matrix;
    }

    private PanelMatrix random(int features) {
        PanelMatrix matrix = PanelMatrix.allocate(arena, BATCH, features);
        for (int row = 0; row < BATCH; row++) {
            for (int col = 0; col < features; col++) {
                matrix.set(row, col, random.nextFloat(-1, 1));
            }
        }
        return matrix;
    }

    private static float[] floats(PanelMatrix matrix) {
        float[] floats = new float[matrix.rows() * matrix.cols()];
        for (int row = 0; row < matrix.rows(); row++) {
            for (int col = 0; col < matrix.cols(); col++) {
                floats[row * matrix.cols() + col] = matrix.get(row, col);
            }
        }
        return floats;
    }
}
