package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataSplit;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.watch.RewiredWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run tells of its rewirings. */
class RewiringListenerTest {
    private static final DataSplit IMAGES = SyntheticImages.of(60, 20);

    @ParameterizedTest
    @EnumSource(names = {"SET", "RIGL"})
    void eachRewiringIsToldOfAfterItsStep(Method method) {
        Map<Long, List<RewiredWeights>> told = train(method);
        long last = told.keySet().stream().mapToLong(step -> step).max().orElseThrow();
        assertEquals(
                LongStream.iterate(1, step -> step <= last, step -> step + 5)
                        .boxed()
                        .toList(),
                List.copyOf(told.keySet()));
    }

    @ParameterizedTest
    @EnumSource(names = {"SET", "RIGL"})
    void asManyGrowAsAreDropped(Method method) {
        for (List<RewiredWeights> weights : train(method).values()) {
            weights.forEach(of -> assertEquals(of.dropped(), of.grown(), of.toString()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STATIC", "DENSE"})
    void withoutRewiringNobodyIsTold(Method method) {
        assertTrue(train(method).isEmpty());
    }

    @Test
    void whatIsExploredIsWhatTheRunSaysInTheEnd() {
        try (TrainingRun run = TrainingRun.create(config(Method.SET), IMAGES)) {
            Map<Long, List<RewiredWeights>> told = train(run);
            List<RewiredWeights> last =
                    told.values().stream().reduce((a, b) -> b).orElseThrow();
            double explored = 0;
            for (int w = 0; w < last.size(); w++) {
                explored += last.get(w).explorationRate()
                        * weights(run, w).pattern().shape().weights();
            }
            assertEquals(run.summary().explorationRate() * run.summary().denseParameters(), explored, 1e-6);
        }
    }

    /** SET updates at the step that it rewires; a step later the gradient is another. */
    @Test
    void theGradientIsThatOfTheStepsUpdate() {
        TrainingConfig still = config(Method.SET).toBuilder().alpha(1e-9).build();
        try (TrainingRun run = TrainingRun.create(still, IMAGES)) {
            double[] norm = {Double.NaN};
            run.onRewiring((step, weights) -> norm[0] = weights.get(0).gradientNorm());
            run.step();
            assertEquals(norm(weights(run, 0).gradientMemory()), norm[0], 1e-6 * norm[0]);
        }
    }

    /** RigL's rewiring takes the place of the update, so that memory of gradients holds other things then. */
    @Test
    void theGradientBeforeARewiringWithoutUpdateIsThatOfTheStepBefore() {
        Map<Long, List<RewiredWeights>> told = train(Method.RIGL);
        assertTrue(told.get(1L).stream().allMatch(of -> Double.isNaN(of.gradientNorm())));
        for (RewiredWeights of : told.get(6L)) {
            assertTrue(of.gradientNorm() > 0 && of.gradientNorm() < 0.9 * of.weightNorm(), of.toString());
        }
    }

    private static Map<Long, List<RewiredWeights>> train(Method method) {
        try (TrainingRun run = TrainingRun.create(config(method), IMAGES)) {
            return train(run);
        }
    }

    private static Map<Long, List<RewiredWeights>> train(TrainingRun run) {
        Map<Long, List<RewiredWeights>> told = new LinkedHashMap<>();
        run.onRewiring(told::put);
        while (!run.isComplete()) {
            run.step();
        }
        return told;
    }

    private static TrainingConfig config(Method method) {
        return SyntheticImages.config(method).deltaT(5).build();
    }

    private static SparseParameter weights(TrainingRun run, int number) {
        return (SparseParameter) run.parameters().stream()
                .filter(named -> named.parameter() instanceof SparseParameter)
                .toList()
                .get(number)
                .parameter();
    }

    private static double norm(MemorySegment floats) {
        double sum = 0;
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            double value = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
