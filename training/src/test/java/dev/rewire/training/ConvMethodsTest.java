package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.model.Model;
import dev.rewire.training.rewiring.DropRule;
import dev.rewire.training.rewiring.FreePlaces;
import dev.rewire.training.rewiring.GrowRule;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rewiring by gradients of weights of convolutions. */
class ConvMethodsTest {
    private static final DataSplit IMAGES = SyntheticImages.of(400, 100);
    private static final Layer LAYERS = Sequential.of(
            new Conv2d(6, 3, 1, 1), new Relu(), new Conv2d(8, 3, 2, 1), new Relu(), new Flatten(), new Linear(4));

    private static TrainingConfigBuilder config(Method method) {
        return SyntheticImages.config(method)
                .model(Model.of("convolutions", LAYERS))
                .sparsity(0.6)
                .epochs(2);
    }

    @ParameterizedTest
    @CsvSource({
        "RIGL, rigl:3, 1, 1",
        "SNFS, snfs:0.9:0.0, 1, 1",
        "SNFS, snfs:0.9:0.99, 2, 2",
        "SRIGL, srigl:0.3, 1, 1",
        "GSE, gse:1.0, 1, 1",
        "GSE, gse:2.0, 4, 2"
    })
    void eachRuleLearnsAndThreadsChangeNoBit(Method method, String rules, int blockRows, int blockCols) {
        TrainingConfigBuilder config = config(method)
                .rules(Rules.parse(rules))
                .block(blockRows, blockCols)
                .deltaT(7);
        RunSummary one = train(config.build());
        RunSummary two = train(config.threads(2).build());

        assertTrue(one.testAccuracy() > 0.8, one::toString);
        assertNotEquals(train(config.method(Method.STATIC).rules(null).build()).topologyHash(), one.topologyHash());
        assertEquals(one.weightsHash(), two.weightsHash());
    }

    /** A rule that asks for the gradients of some places in both ways. */
    private static final class BothWays implements GrowRule {
        private double sum;
        private double difference;

        @Override
        public int[] choose(FreePlaces free, int count) {
            int[] cells = free.cells(free.random().sample(free.count(), count));
            float[] some = free.gradientAt(cells);
            float[] all = new float[free.gridRows() * free.gridCols()];
            free.gradient((cell, norm) -> all[cell] = norm);
            for (int i = 0; i < count; i++) {
                sum += all[cells[i]];
                difference += Math.abs(all[cells[i]] - some[i]);
            }
            return cells;
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public double sampledShare() {
            return 1;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3"})
    void gradientsAtSomePlacesAreThoseOfAll(int blockRows, int blockCols) {
        BothWays rule = new BothWays();

        train(config(Method.SET)
                .rules(new Rules("both ways", DropRule.MAGNITUDE, rule))
                .block(blockRows, blockCols)
                .epochs(1)
                .build());

        assertTrue(rule.sum > 0);
        assertEquals(0, rule.difference / rule.sum, 1e-5);
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
