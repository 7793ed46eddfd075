package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataSplit;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs of N:M networks on small images. */
class NmLearningTest {
    private static final DataSplit IMAGES = SyntheticImages.of(800, 200);
    private static final int SPARSE_PLACES = 36 * 32 + 32 * 24;
    private static final int OUTPUT_WEIGHTS = 24 * 4;

    @ParameterizedTest
    @CsvSource({
        "STATIC, 2, 4, false",
        "SET, 2, 4, false",
        "RIGL, 1, 4, false",
        "SR_STE, 2, 4, false",
        "SR_STE, 2, 4, true"
    })
    void eachMethodLearns(Method method, int n, int m, boolean transposable) {
        RunSummary summary = train(config(method, n, m, transposable).build());

        assertTrue(summary.testAccuracy() >= 0.95, summary::toString);
        assertEquals(SPARSE_PLACES * n / m + OUTPUT_WEIGHTS, summary.nonzeros());
    }

    @ParameterizedTest
    @CsvSource({"STATIC, false", "SET, false", "RIGL, false", "SR_STE, false", "SR_STE, true"})
    void threadsChangeNoBit(Method method, boolean transposable) {
        TrainingConfig config = config(method, 2, 4, transposable).epochs(2).build();

        RunSummary one = train(config);
        RunSummary two = train(config.toBuilder().threads(2).build());

        assertEquals(one.topologyHash(), two.topologyHash());
        assertEquals(one.weightsHash(), two.weightsHash());
        assertEquals(one.testAccuracy(), two.testAccuracy());
    }

    @ParameterizedTest
    @CsvSource({"STATIC", "SET", "RIGL"})
    void rewiringExploresAndStaticDoesNot(Method method) {
        try (TrainingRun run = TrainingRun.create(config(method, 2, 4, false).build(), IMAGES)) {
            RunSummary before = run.summary();
            run.trainEpoch(StepListener.NONE);
            RunSummary after = run.summary();

            assertEquals(before.nonzeros(), after.nonzeros());
            assertEquals((double) before.nonzeros() / before.denseParameters(), before.explorationRate(), 1e-12);
            assertEquals(method == Method.STATIC, after.explorationRate() == before.explorationRate());
            assertEquals(method == Method.STATIC, after.topologyHash().equals(before.topologyHash()));
        }
    }

    @Test
    void seedsDecideTopologyAndWeights() {
        TrainingConfig config = config(Method.STATIC, 2, 4, false).epochs(1).build();

        RunSummary summary = train(config);
        RunSummary other = train(config.toBuilder().seed(12).build());

        assertNotEquals(summary.topologyHash(), other.topologyHash());
        assertNotEquals(summary.weightsHash(), other.weightsHash());
    }

    @Test
    void countersOfSrSte() {
        // 40 steps an epoch; masks at steps 0, 7, 14, 21, 28, 35. The gradient is that of a dense network.
        TrainingConfig config = config(Method.SR_STE, 2, 4, false)
                .srSte(new SrSte(2e-4, false, 7))
                .epochs(1)
                .build();

        RunSummary summary = train(config);
        double dense = 2.0 * (SPARSE_PLACES + OUTPUT_WEIGHTS);
        double sparse = 2.0 * (SPARSE_PLACES / 2 + OUTPUT_WEIGHTS);

        assertEquals(6, summary.rewirings());
        assertEquals(20 * 40 * (2 * sparse + dense), summary.trainFlops(), 1e-6);
        assertTrue(summary.maskFlipRate() >= 0 && summary.maskFlipRate() < 0.5, summary::toString);
        assertTrue(summary.stepMillisMedian() > 0, summary::toString);
    }

    @Test
    void otherMethodsHaveNoFlipRate() {
        RunSummary summary = train(config(Method.SET, 2, 4, false).epochs(1).build());

        assertTrue(Double.isNaN(summary.maskFlipRate()));
        assertFalse(Double.isNaN(summary.testAccuracy()));
    }

    private static TrainingConfigBuilder config(Method method, int n, int m, boolean transposable) {
        return SyntheticImages.config(method)
                .nm(new NmSparsity(n, m))
                .srSte(new SrSte(2e-4, transposable, transposable ? 5 : 1));
    }

    private static RunSummary train(TrainingConfig config) {
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            while (!run.isComplete()) {
                run.trainEpoch(StepListener.NONE);
            }
            return run.summary();
        }
    }
}
