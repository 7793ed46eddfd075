package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.NmPattern;
import dev.rewire.training.data.ArraySamples;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.model.Model;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.rewiring.DropRule;
import dev.rewire.training.rewiring.DropSchedule;
import dev.rewire.training.rewiring.GrowRule;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.NmSparsity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of one's own where weights are N:M: those that drop decide, those that grow have no places to choose from. */
class NmRulesTest {
    private static TrainingConfigBuilder nm() {
        return TrainingConfig.builder()
                .model(Model.of(
                        "own", Sequential.of(new Linear(16), new Relu(), new Linear(16), new Relu(), new Linear(1))))
                .batch(20)
                .epochs(2)
                .method(Method.SET)
                .nm(new NmSparsity(2, 4));
    }

    private static NmPattern nmPattern(List<NamedParameter> weights) {
        return ((NmParameter) weights.get(1).parameter()).values().pattern();
    }

    private static List<Integer> places(NmPattern pattern, int from, int to) {
        List<Integer> places = new ArrayList<>();
        for (int row = from; row < to; row++) {
            for (int group = 0; group < pattern.groups(); group++) {
                for (int k = 0; k < pattern.n(); k++) {
                    places.add(pattern.index(row, group, k));
                }
            }
        }
        return places;
    }

    /** The later, the higher: what comes first is dropped. */
    private static final DropRule FIRST = (weights, scores) -> {
        for (int i = 0; i < scores.length; i++) {
            scores[i] = i;
        }
    };

    @Test
    void aDropRuleOfOnesOwnDecidesWhatNmWeightsLose() {
        try (Network network = Network.create(nm().build(), new Shape.Features(1), 1)) {
            NmPattern before = nmPattern(network.weights());
            Rewiring rewiring = new Rewiring(FIRST, GrowRule.RANDOM, DropSchedule.constant(0.25, 1, Long.MAX_VALUE));
            network.rewiring(rewiring, 1).apply(0);
            NmPattern after = nmPattern(network.weights());

            // Of 16 rows of 8 weights the first four are a quarter.
            assertNotEquals(places(before, 0, 4), places(after, 0, 4));
            assertEquals(places(before, 4, 16), places(after, 4, 16));
        }
    }

    @Test
    void aRunOfNmWeightsTakesADropRuleOfOnesOwn() {
        TrainingConfig config =
                nm().rules(new Rules("first", FIRST, GrowRule.RANDOM)).deltaT(3).build();
        ArraySamples samples = ArraySamples.regression(new float[200][1], new float[200][1]);
        try (TrainingRun run = TrainingRun.create(config, new DataSplit(samples, samples))) {
            run.trainEpoch(StepListener.NONE);
            assertTrue(run.summary().rewirings() > 0);
        }
    }

    @Test
    void aGrowRuleOfOnesOwnIsRefusedForNmWeights() {
        try (Network network = Network.create(nm().build(), new Shape.Features(1), 1)) {
            Rewiring rewiring = new Rewiring(
                    DropRule.MAGNITUDE,
                    (free, count) -> new int[count],
                    DropSchedule.constant(0.25, 1, Long.MAX_VALUE));
            String message = assertThrows(IllegalArgumentException.class, () -> network.rewiring(rewiring, 1))
                    .getMessage();
            assertTrue(message.contains("accepted for N:M weights are GrowRule.RANDOM and GrowRule.GRADIENT"), message);
        }
    }
}
