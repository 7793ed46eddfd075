package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.SampleShape.Image;
import dev.rewire.training.data.SampleShape.Tokens;
import dev.rewire.training.data.TargetShape.Values;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WritingAllocatesNothingTest {
    private static final int BATCH = 64;
    private static final int BATCHES = 100;

    private final int[] numbers = new int[BATCH];
    private KernelArena arena;

    @BeforeEach
    void openArena() {
        arena = KernelArena.open();
        Arrays.setAll(numbers, i -> i);
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    /** Some hundred bytes a batch are left: shapes, which the compiler removes in its own time. */
    private static void assertLeavesNoGarbage(Runnable batch) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long until = System.nanoTime() + 30_000_000_000L;
        while (least > 512 && System.nanoTime() < until) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < BATCHES; i++) {
                batch.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / BATCHES);
        }
        long bytes = least;
        assertTrue(bytes <= 512, () -> "bytes a batch: " + bytes);
    }

    private void assertLeavesNoGarbage(Samples samples) {
        FeatureMap map = samples.shape().map(1);
        PanelMatrix input = PanelMatrix.allocate(arena, BATCH, map.features());
        assertLeavesNoGarbage(() -> samples.writeFeatures(numbers, 0, BATCH, map, input));
    }

    private static ImageData images() {
        LabelledImages images = LabelledImages.of(new Image(8, 9, 3), new byte[BATCH * 8 * 9 * 3], new byte[BATCH]);
        return new ImageData(images, images, 1);
    }

    @Test
    void ofImages() {
        assertLeavesNoGarbage(images().split().train());
    }

    @Test
    void ofAugmentedImages() {
        assertLeavesNoGarbage(images().split(new Augmentation(2, true), 1).train());
    }

    @Test
    void ofArrays() {
        assertLeavesNoGarbage(ArraySamples.classified(new Image(8, 9, 3), new float[BATCH * 216], new int[BATCH], 1));
    }

    @Test
    void ofValues() {
        Samples samples =
                ArraySamples.regression(new Image(1, 1, 1), new float[BATCH], new Values(3), new float[3 * BATCH]);
        PanelMatrix values = PanelMatrix.allocate(arena, BATCH, 3);
        assertLeavesNoGarbage(() -> samples.writeValues(numbers, 0, BATCH, values));
    }

    @Test
    void ofTokens() {
        Samples samples = TokenSamples.overlapping(new int[200], new Tokens(20, 1));
        int[] tokens = new int[BATCH * 20];
        assertLeavesNoGarbage(() -> samples.writeTokens(numbers, 0, BATCH, 20, tokens));
    }
}
