package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataSplit;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs on small images. */
class LearningTest {
    private static final DataSplit IMAGES = SyntheticImages.of(800, 200);

    @ParameterizedTest
    @CsvSource({
        "DENSE, 1, 1, sgd",
        "STATIC, 1, 1, sgd",
        "SET, 1, 1, sgd",
        "RIGL, 1, 1, sgd",
        "RIGL, 4, 4, sgd",
        "SNFS, 1, 1, sgd",
        "SNFS, 2, 3, adam",
        "SRIGL, 1, 1, sgd",
        "GSE, 1, 1, sgd",
        "GSE, 4, 4, sgd",
        "CHTS, 1, 1, sgd",
        "DYNSPARSE, 4, 4, adam",
        "SET, 3, 5, adamw",
        "RIGL, 2, 8, adam"
    })
    void eachMethodLearns(Method method, int blockRows, int blockCols, String optimizer) {
        TrainingConfigBuilder config =
                SyntheticImages.config(method).block(blockRows, blockCols).sparsity(0.7);
        if (!optimizer.equals("sgd")) {
            config.optimizer(new Optimizer.Adam(0.9, 0.999, 1e-8, 1e-3, optimizer.equals("adamw")))
                    .learningRate(0.005);
        }

        RunSummary summary = train(config.build());

        assertTrue(summary.testAccuracy() >= 0.95, summary::toString);
    }

    @ParameterizedTest
    @EnumSource(names = "SR_STE", mode = EnumSource.Mode.EXCLUDE)
    void lossFalls(Method method) {
        try (TrainingRun run = TrainingRun.create(SyntheticImages.config(method).build(), IMAGES)) {
            EpochResult first = run.trainEpoch(StepListener.NONE);
            EpochResult last = first;
            while (!run.isComplete()) {
                last = run.trainEpoch(StepListener.NONE);
            }

            assertTrue(last.loss() < first.loss() / 2, first + " to " + last);
            assertTrue(last.trainAccuracy() > first.trainAccuracy(), first + " to " + last);
            assertEquals(6, last.epoch());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DENSE, 1",
        "STATIC, 1",
        "SET, 1",
        "RIGL, 1",
        "RIGL, 4",
        "SNFS, 1",
        "SRIGL, 1",
        "GSE, 1",
        "GSE, 4",
        "CHTS, 1"
    })
    void threadsChangeNoBit(Method method, int block) {
        TrainingConfig config =
                SyntheticImages.config(method).block(block, block).epochs(2).build();

        RunSummary one = train(config);
        RunSummary two = train(config.toBuilder().threads(2).build());

        assertEquals(one.topologyHash(), two.topologyHash());
        assertEquals(one.weightsHash(), two.weightsHash());
        assertEquals(one.testAccuracy(), two.testAccuracy());
    }

    @ParameterizedTest
    @EnumSource(names = {"STATIC", "SET", "RIGL"})
    void seedsDecideTopologyAndWeights(Method method) {
        TrainingConfig config = SyntheticImages.config(method).epochs(1).build();

        RunSummary summary = train(config);
        RunSummary other = train(config.toBuilder().seed(12).build());

        assertNotEquals(summary.topologyHash(), other.topologyHash());
        assertNotEquals(summary.weightsHash(), other.weightsHash());
    }

    @ParameterizedTest
    @EnumSource(names = {"STATIC", "SET", "RIGL", "SNFS", "GSE", "CHTS"})
    void nonzerosStayAndExplorationGrows(Method method) {
        try (TrainingRun run = TrainingRun.create(SyntheticImages.config(method).build(), IMAGES)) {
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
    void countersOfRigl() {
        // 40 steps an epoch, of which 30 rewire at multiples of 7: 0, 7, 14, 21, 28.
        RunSummary summary = train(SyntheticImages.config(Method.RIGL).epochs(1).build());
        double dense = 2.0 * (36 * 32 + 32 * 24 + 24 * 4);
        double sparse = 2.0 * summary.nonzeros();

        assertEquals(40, summary.steps());
        assertEquals(5, summary.rewirings());
        assertEquals(36 * 32 + 32 * 24 + 24 * 4, summary.denseParameters());
        assertEquals(20 * (35 * 3 * sparse + 5 * (2 * sparse + dense)), summary.trainFlops(), 1e-6);
        assertEquals(20 * 40 * 3 * dense, summary.denseTrainFlops(), 1e-6);
        assertTrue(summary.stepMillisMedian() > 0 && summary.stepMillisTotal() > summary.rewireMillisTotal());
        assertTrue(summary.rewireShare() > 0 && summary.rewireShare() < 1, summary::toString);
        assertEquals("rewire", summary.engine());
    }

    /** Of 40 steps 5 rewire, at 0, 7, 14, 21 and 28. */
    @ParameterizedTest
    @CsvSource({
        // gradients of how many steps are dense, and of how many stored weights are computed at other places
        "SET, set, 0, 0",
        "SNFS, snfs:0.9:0.0, 29, 0",
        "RIGL, rigl:3, 13, 0",
        "SRIGL, srigl:0.0, 5, 0",
        "GSE, gse:2.0, 0, 10",
        "CHTS, chts, 0, 0"
    })
    void operationsOfAMethod(Method method, String rules, int denseSteps, int sampled) {
        RunSummary summary = train(SyntheticImages.config(method)
                .rules(Rules.parse(rules))
                .rewireUntil(0.75)
                .epochs(1)
                .build());
        double dense = 2.0 * (36 * 32 + 32 * 24 + 24 * 4);
        double sparse = 2.0 * summary.nonzeros();

        assertEquals(5, summary.rewirings());
        assertEquals(
                20 * ((40 - denseSteps) * 3 * sparse + denseSteps * (2 * sparse + dense) + sampled * sparse),
                summary.trainFlops(),
                1e-6);
    }

    @Test
    void imagesLeftOverAreLeftOut() {
        TrainingConfig config =
                SyntheticImages.config(Method.STATIC).batch(300).epochs(2).build();
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            assertEquals(2, run.stepsOfEpoch());
            assertEquals(4, run.totalSteps());
        }
    }

    @Test
    void listenersHearEachStep() {
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.SET).epochs(1).build(), IMAGES)) {
            List<Long> heard = new ArrayList<>();
            run.trainEpoch((step, loss) -> heard.add(step));

            assertEquals(40, heard.size());
            assertEquals(40L, heard.get(39));
        }
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
