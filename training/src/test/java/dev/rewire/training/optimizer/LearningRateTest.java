package dev.rewire.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateTest {
    @Test
    void constantIsTheSameAtEveryStep() {
        assertEquals(0.1, new LearningRate.Constant(0.1).at(1_000_000));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.8", "29, 0.8", "30, 0.4", "59, 0.4", "60, 0.2", "1000, 0.2"})
    void stepFallsAtItsMilestones(long step, double rate) {
        assertEquals(rate, new LearningRate.Step(0.8, 0.5, List.of(30L, 60L)).at(step), 1e-15);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "100, 1", "150, 0.8682", "200, 0.55", "300, 0.1", "1000, 0.1"})
    void cosineFallsFromItsPeakToItsLastValue(long step, double rate) {
        assertEquals(rate, new LearningRate.Cosine(1, 0.1, 100, 300).at(step), 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.2", "1, 0.4", "3, 0.8", "4, 1", "5, 1"})
    void warmupRisesLinearly(long step, double rate) {
        assertEquals(rate, new LearningRate.Constant(1).withWarmup(4).at(step), 1e-15);
    }

    @Test
    void warmupLeavesMilestonesInPlace() {
        LearningRate rate = new LearningRate.Step(1, 0.1, List.of(30L)).withWarmup(10);

        assertEquals(List.of(1.0, 0.1), List.of(rate.at(29), rate.at(30)));
    }

    @Test
    void cosineWithWarmupReachesItsPeakAfterIt() {
        assertEquals(1, new LearningRate.Cosine(1, 0, 0, 300).withWarmup(100).at(100));
    }

    @Test
    void cosineWithWarmupStillEndsAtItsLastStep() {
        assertEquals(
                0.25, new LearningRate.Cosine(1, 0.25, 0, 300).withWarmup(100).at(300));
    }

    @Property
    void cosineWithWarmupStaysBetweenZeroAndItsPeak(
            @ForAll @LongRange(max = 999) long warmup, @ForAll @LongRange(max = 2000) long step) {
        double rate =
                new LearningRate.Cosine(0.5, 0, 0, 1000).withWarmup(warmup).at(step);

        assertTrue(rate >= 0 && rate <= 0.5, () -> "rate " + rate);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void rateOutOfRangeIsNamed(double rate) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate.Constant(rate));

        assertEquals("rate: " + rate + " is out of range; accepted are finite numbers from 0", thrown.getMessage());
    }

    @Test
    void milestonesThatDoNotAscendAreNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate.Step(1, 0.1, List.of(30L, 30L)));

        assertEquals("milestones: [30, 30] do not ascend; accepted are ascending steps from 1", thrown.getMessage());
    }

    @Test
    void factorOutOfRangeIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate.Step(1, 1.5, List.of(30L)));

        assertEquals("factor: 1.5 is out of range; accepted are numbers above 0, at most 1", thrown.getMessage());
    }

    @Test
    void lastRateAboveThePeakIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate.Cosine(0.1, 0.2, 0, 10));

        assertEquals("last: 0.2 is out of range; accepted are 0 to 0.1", thrown.getMessage());
    }

    @Test
    void cosineThatEndsBeforeItStartsIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new LearningRate.Cosine(0.1, 0, 10, 10));

        assertEquals("end: 10 is out of range; accepted are steps above the start, 10", thrown.getMessage());
    }

    @Test
    void negativeWarmupIsNamed() {
        LearningRate rate = new LearningRate.Constant(1);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> rate.withWarmup(-1));

        assertEquals("steps: -1 is out of range; accepted are 0 and more", thrown.getMessage());
    }
}
