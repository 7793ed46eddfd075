package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.kernels.panel.BatchNorm;
import dev.rewire.kernels.panel.Dropout;
import dev.rewire.kernels.panel.Elementwise;
import dev.rewire.kernels.panel.LayerNorm;
import dev.rewire.kernels.panel.MaxPooling;
import dev.rewire.kernels.panel.SmoothActivation;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Running a plan leaves no garbage worth the name: no vector becomes an object, no run makes helpers of its own. */
@Tag("alone")
class AllocationTest {
    private static final int BATCH = 128;
    private static final NmCase NM = new NmCase(256, 80, 2, 4, 1, 1);
    private static final int RUNS = 200;

    /** As a rule there are none; one small object may be left where the JIT inlines otherwise. */
    private static final long MOST_BYTES_PER_RUN = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TestMemory memory = TestMemory.open();
    private final KernelArena arena = memory.kernels();
    private final Workers workers = Workers.of(1);
    private final BlockSparseMatrix w = BlockSparseMatrix.allocate(
            arena, Problem.of(BATCH, 256, 320, 16, 16, 50).pattern());
    private final SemiStructuredMatrix nm = SemiStructuredMatrix.allocate(arena, NM.transposablePattern(0));

    @BeforeEach
    void needsVectorKernels() {
        assumeTrue(
                Provider.active().name().equals("vector"), "the scalar kernels' compiled code is not under test here");
    }

    @AfterEach
    void free() {
        memory.close();
        workers.close();
    }

    @Test
    void forwardPanels() {
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, 256);
        SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, Epilogue.NONE.withRelu(), workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void convolutions() {
        ConvShape shape = ConvShape.of(new FeatureMap(6, 6, 16, 1), 32, 3, 3, 1, 1, 1);
        BlockSparseMatrix taps = BlockSparseMatrix.allocate(
                arena, Problem.of(BATCH, 32, 144, 4, 4, 50).pattern());
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, shape.input().features());
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, shape.output().features());
        ConvPlan forward = ConvPlan.forward(arena, taps, shape, BATCH, Epilogue.NONE.withRelu(), workers);
        ConvPlan backward = ConvPlan.backwardInput(arena, taps, shape, BATCH, Epilogue.NONE, workers);
        ConvGradient gradient = ConvGradient.prepare(arena, taps, shape, BATCH, false, workers);
        assertAllocatesNothing(() -> forward.run(x, y));
        assertAllocatesNothing(() -> backward.run(y, x));
        assertAllocatesNothing(() -> gradient.run(y, x));
    }

    @Test
    void attention() {
        for (int length : new int[] {20, 100}) {
            for (boolean causal : new boolean[] {true, false}) {
                AttentionShape shape = new AttentionShape(length, 2, 33, causal);
                int rows = shape.rows(2);
                PanelMatrix qkv = PanelMatrix.allocate(arena, rows, 3 * shape.width());
                PanelMatrix y = PanelMatrix.allocate(arena, rows, shape.width());
                PanelMatrix dqkv = PanelMatrix.allocate(arena, rows, 3 * shape.width());
                AttentionPlan forward = AttentionPlan.forward(arena, shape, 2, workers);
                AttentionGradient backward = AttentionGradient.prepare(arena, shape, 2, workers);
                assertAllocatesNothing(() -> forward.run(qkv, y));
                assertAllocatesNothing(() -> backward.run(qkv, y, dqkv));
            }
        }
    }

    @Test
    void forwardPanelsOfAPartialBatch() {
        PanelMatrix x = PanelMatrix.allocate(arena, 100, 320);
        PanelMatrix y = PanelMatrix.allocate(arena, 100, 256);
        SpmmPlan plan = SpmmPlan.forward(arena, w, 100, Layout.PANELS, Epilogue.NONE.withRelu(), workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void forwardRowMajorWithBias() {
        DenseMatrix x = new Grid(BATCH, 320).rowMajor(memory);
        DenseMatrix y = new Grid(BATCH, 256).rowMajor(memory);
        Epilogue bias = Epilogue.NONE.withBias(new Grid(1, 256).rowMajor(memory));
        SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, Layout.ROW_MAJOR, bias, workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void forwardRowMajorOfFewSamples() {
        DenseMatrix x = new Grid(23, 320).rowMajor(memory);
        DenseMatrix y = new Grid(23, 256).rowMajor(memory);
        SpmmPlan plan = SpmmPlan.forward(arena, w, 23, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void forwardFeatureMajorOfAPartialBatchThatAccumulates() {
        DenseMatrix x = new Grid(320, 100).rowMajor(memory);
        DenseMatrix y = new Grid(256, 100).rowMajor(memory);
        SpmmPlan plan =
                SpmmPlan.forward(arena, w, 100, Layout.FEATURE_MAJOR, Epilogue.NONE.withAccumulate(true), workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void nmForwardFeatureMajorOfOneSample() {
        DenseMatrix x = new Grid(320, 1).rowMajor(memory, 0, 5);
        DenseMatrix y = new Grid(256, 1).rowMajor(memory, 0, 5);
        SpmmPlan plan = SpmmPlan.forward(arena, nm, 1, Layout.FEATURE_MAJOR, Epilogue.NONE, workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void forwardFeatureMajorInPlaceOfAPartialBatch() {
        DenseMatrix x = DenseMatrix.allocate(arena, 320, 100);
        DenseMatrix y = DenseMatrix.allocate(arena, 256, 100);
        Epilogue scaled = Epilogue.NONE.withScale(0.5f);
        SpmmPlan plan = SpmmPlan.forward(arena, w, 100, Layout.FEATURE_MAJOR, scaled, workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void backwardWeightFeatureMajorInPlace() {
        DenseMatrix dy = DenseMatrix.allocate(arena, 256, 100);
        DenseMatrix x = DenseMatrix.allocate(arena, 320, 100);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, 100, Layout.FEATURE_MAJOR, true, workers);
        assertAllocatesNothing(() -> plan.run(dy, x));
    }

    @Test
    void backwardWeightOfFewSamplesAndWholeBlocks() {
        int batch = 17;
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(
                arena, Problem.of(batch, 256, 320, 4, 4, 50).pattern());
        DenseMatrix dy = new Grid(batch, 256).rowMajor(memory);
        DenseMatrix x = new Grid(batch, 320).rowMajor(memory);
        PanelMatrix dyPanels = PanelMatrix.allocate(arena, batch, 256);
        PanelMatrix xPanels = PanelMatrix.allocate(arena, batch, 320);
        SddmmPlan rows = SddmmPlan.backwardWeight(arena, dw, batch, Layout.ROW_MAJOR, true, workers);
        SddmmPlan panels = SddmmPlan.backwardWeight(arena, dw, batch, Layout.PANELS, false, workers);
        assertAllocatesNothing(() -> rows.run(dy, x));
        assertAllocatesNothing(() -> panels.run(dyPanels, xPanels));
    }

    @Test
    void backwardWeightFeatureMajor() {
        DenseMatrix dy = new Grid(256, BATCH).rowMajor(memory);
        DenseMatrix x = new Grid(320, BATCH).rowMajor(memory);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, BATCH, Layout.FEATURE_MAJOR, true, workers);
        assertAllocatesNothing(() -> plan.run(dy, x));
    }

    @Test
    void forwardPanelsWithEachActivation() {
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, 256);
        for (Activation activation : Activation.values()) {
            Epilogue epilogue = Epilogue.NONE.withActivation(activation).withScale(0.5f);
            SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, epilogue, workers);
            assertAllocatesNothing(() -> plan.run(x, y));
        }
    }

    @Test
    void oneSampleOfNarrowBlocks() {
        BlockSparseMatrix narrow = BlockSparseMatrix.allocate(
                arena, Problem.of(1, 256, 320, 1, 1, 50).pattern());
        DenseMatrix dy = new Grid(1, 256).rowMajor(memory);
        DenseMatrix dx = new Grid(1, 320).rowMajor(memory);
        SpmmPlan plan = SpmmPlan.backwardInput(arena, narrow, 1, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        assertAllocatesNothing(() -> plan.run(dy, dx));
    }

    @Test
    void backwardInputPanels() {
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, 256);
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, 320);
        Epilogue mask = Epilogue.NONE.withReluMask(PanelMatrix.allocate(arena, BATCH, 320));
        SpmmPlan plan = SpmmPlan.backwardInput(arena, w, BATCH, Layout.PANELS, mask, workers);
        assertAllocatesNothing(() -> plan.run(dy, dx));
    }

    @Test
    void backwardWeightPanels() {
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, 256);
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, BATCH, Layout.PANELS, false, workers);
        assertAllocatesNothing(() -> plan.run(dy, x));
    }

    @Test
    void backwardWeightRowMajor() {
        DenseMatrix dy = new Grid(BATCH, 256).rowMajor(memory);
        DenseMatrix x = new Grid(BATCH, 320).rowMajor(memory);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, BATCH, Layout.ROW_MAJOR, true, workers);
        assertAllocatesNothing(() -> plan.run(dy, x));
    }

    @Test
    void nmForwardPanels() {
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, 256);
        SpmmPlan plan = SpmmPlan.forward(arena, nm, BATCH, Layout.PANELS, Epilogue.NONE.withRelu(), workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void nmForwardRowMajorOfOneSampleWithBias() {
        DenseMatrix x = new Grid(1, 320).rowMajor(memory);
        DenseMatrix y = new Grid(1, 256).rowMajor(memory);
        Epilogue bias = Epilogue.NONE.withBias(new Grid(1, 256).rowMajor(memory));
        SpmmPlan plan = SpmmPlan.forward(arena, nm, 1, Layout.ROW_MAJOR, bias, workers);
        assertAllocatesNothing(() -> plan.run(x, y));
    }

    @Test
    void nmBackwardInputOfATransposablePattern() {
        assertNmBackwardInputAllocatesNothing(nm);
    }

    @Test
    void nmBackwardInputOfAGeneralPattern() {
        assertNmBackwardInputAllocatesNothing(SemiStructuredMatrix.allocate(arena, NM.pattern(0)));
    }

    private void assertNmBackwardInputAllocatesNothing(SemiStructuredMatrix weights) {
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, 256);
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, 320);
        Epilogue mask = Epilogue.NONE.withReluMask(PanelMatrix.allocate(arena, BATCH, 320));
        SpmmPlan plan = SpmmPlan.backwardInput(arena, weights, BATCH, Layout.PANELS, mask, workers);
        assertAllocatesNothing(() -> plan.run(dy, dx));
    }

    @Test
    void nmBackwardWeight() {
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, 256);
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        SddmmPlan plan = SddmmPlan.backwardWeight(arena, nm, BATCH, Layout.PANELS, true, workers);
        assertAllocatesNothing(() -> plan.run(dy, x));
    }

    @Test
    void elementwiseLoops() {
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, 320);
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, 320);
        assertAllocatesNothing(() -> Elementwise.add(x, y, y, true, workers));
        assertAllocatesNothing(() -> Elementwise.accumulate(x, x, y, workers));
        assertAllocatesNothing(() -> Elementwise.copyMasked(x, x, y, workers));
        assertAllocatesNothing(() -> Dropout.apply(x, y, 0.5f, 1, 2, workers));
        SmoothActivation gelu = SmoothActivation.prepare(arena, Activation.GELU, BATCH, 320, workers);
        assertAllocatesNothing(() -> gelu.forward(x, y));
        assertAllocatesNothing(() -> gelu.backward(x, y));
        for (Activation activation : Activation.values()) {
            assertAllocatesNothing(() -> Elementwise.activate(activation, x, y, workers));
            assertAllocatesNothing(() -> Elementwise.activationGradient(activation, x, y, y, workers));
        }
    }

    @Test
    void updates() {
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, 320);
        DenseMatrix bias = DenseMatrix.allocate(arena, 1, 320);
        DenseMatrix gradient = DenseMatrix.allocate(arena, 1, 320);
        DenseMatrix first = DenseMatrix.allocate(arena, 1, 320);
        DenseMatrix second = DenseMatrix.allocate(arena, 1, 320);
        BlockSparseMatrix dw = BlockSparseMatrix.allocate(arena, w.pattern());
        BlockSparseMatrix velocity = BlockSparseMatrix.allocate(arena, w.pattern());
        Updates.Adam adam = new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, 0);
        assertAllocatesNothing(() -> Updates.sumOverBatch(dy, gradient, workers));
        assertAllocatesNothing(() -> Updates.sgd(bias, gradient, null, 0.1f, 0, false, 0, workers));
        assertAllocatesNothing(() -> Updates.sgd(w, dw, velocity, 0.1f, 0.9f, true, 0, workers));
        assertAllocatesNothing(() -> Updates.adam(bias, gradient, first, second, 1, adam, 0.1f, workers));
    }

    @Test
    void batchNormalisation() {
        for (int batch : new int[] {BATCH, 100, 5}) {
            FeatureMap map = new FeatureMap(5, 4, 16, 1);
            PanelMatrix x = PanelMatrix.allocate(arena, batch, map.features());
            PanelMatrix y = PanelMatrix.allocate(arena, batch, map.features());
            DenseMatrix a = DenseMatrix.allocate(arena, 1, 16);
            DenseMatrix b = DenseMatrix.allocate(arena, 1, 16);
            DenseMatrix c = DenseMatrix.allocate(arena, 1, 16);
            DenseMatrix d = DenseMatrix.allocate(arena, 1, 16);
            BatchNorm channels = BatchNorm.prepare(map, 1e-5f, 0.1f, workers);
            assertAllocatesNothing(() -> channels.forwardTraining(x, a, b, c, d, true, y));
            assertAllocatesNothing(() -> channels.forwardTraining(x, a, b, c, d, x, true, y));
            assertAllocatesNothing(() -> channels.backward(x, y, true, x, y, c, d));
            assertAllocatesNothing(() -> channels.backward(x, y, false, null, y, c, d));
            assertAllocatesNothing(() -> channels.forwardEvaluation(x, a, b, c, d, false, y));
        }
    }

    @Test
    void layerNormalisation() {
        for (int batch : new int[] {BATCH, 100, 5}) {
            PanelMatrix x = PanelMatrix.allocate(arena, batch, 320);
            PanelMatrix y = PanelMatrix.allocate(arena, batch, 320);
            DenseMatrix scale = DenseMatrix.allocate(arena, 1, 320);
            DenseMatrix shift = DenseMatrix.allocate(arena, 1, 320);
            LayerNorm samples = LayerNorm.prepare(320, batch, 1e-5f, workers);
            assertAllocatesNothing(() -> samples.forward(x, scale, scale, y));
            assertAllocatesNothing(() -> samples.backward(x, y, y, scale, shift));
        }
    }

    @Test
    void pooling() {
        FeatureMap map = new FeatureMap(6, 6, 16, 1);
        MaxPooling max = MaxPooling.of(map, 3, 3, 2, 1, 0, workers);
        AveragePooling mean = AveragePooling.of(map, 3, 3, 2, 1, 0, workers);
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, map.features());
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, map.features());
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, max.output().features());
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, max.output().features());
        assertAllocatesNothing(() -> max.forward(x, y));
        assertAllocatesNothing(() -> max.backward(x, y, dy, dx));
        assertAllocatesNothing(() -> mean.forward(x, y));
        assertAllocatesNothing(() -> mean.backward(dy, dx));
    }

    /** Until a batch of runs stays under the bound: how long compilation takes is not the question. */
    private void assertAllocatesNothing(Runnable product) {
        long bytesPerRun = Long.MAX_VALUE;
        long until = System.nanoTime() + 30_000_000_000L;
        while (bytesPerRun > MOST_BYTES_PER_RUN && System.nanoTime() < until) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int run = 0; run < RUNS; run++) {
                product.run();
            }
            bytesPerRun = (threads.getCurrentThreadAllocatedBytes() - before) / RUNS;
        }
        assertTrue(bytesPerRun <= MOST_BYTES_PER_RUN, bytesPerRun + " bytes per run");
    }
}
