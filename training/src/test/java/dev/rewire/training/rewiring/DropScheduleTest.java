package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.training.rewiring.DropSchedule.Annealing;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DropScheduleTest {
    @ParameterizedTest
    @CsvSource({"0, 0.3", "250, 0.25606601717798213", "500, 0.15", "750, 0.04393398282201787", "1000, 0", "5000, 0"})
    void cosineFallsFromAlphaToZero(long step, double fraction) {
        assertEquals(fraction, DropSchedule.cosine(0.3, 100, 1000).fraction(step), 1e-15);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.3", "999, 0.3", "1000, 0"})
    void constantStaysAtAlphaToItsEnd(long step, double fraction) {
        assertEquals(fraction, DropSchedule.constant(0.3, 100, 1000).fraction(step));
    }

    @ParameterizedTest
    @CsvSource({
        "LINEAR, 100, 0.4",
        "LINEAR, 325, 0.3",
        "LINEAR, 999, 4.444444444444e-4",
        "EXPONENTIAL, 100, 0.4",
        "EXPONENTIAL, 550, 0.05"
    })
    void theyFallFromTheirBegin(Annealing annealing, long step, double fraction) {
        assertEquals(fraction, new DropSchedule(annealing, 0.4, 100, 100, 1000).fraction(step), 1e-12);
    }

    @ParameterizedTest
    @EnumSource
    void allStartFromAlphaWhereverTheyBegin(Annealing annealing) {
        DropSchedule schedule = new DropSchedule(annealing, 0.4, 100, 250, 1000);

        assertEquals(0, schedule.fraction(249));
        assertEquals(0.4, schedule.fraction(250));
        assertEquals(0, schedule.fraction(1000));
    }

    @Test
    void theFirstRewiringIsAtTheBegin() {
        DropSchedule schedule = new DropSchedule(Annealing.LINEAR, 0.4, 100, 250, 500);

        assertEquals(
                List.of(250L, 350L, 450L),
                LongStream.range(0, 600).filter(schedule::rewiresAt).boxed().toList());
    }

    @Test
    void negativeBeginIsNamed() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> new DropSchedule(Annealing.COSINE, 0.3, 100, -1, 10));

        assertEquals("beginStep: -1 is out of range; accepted are 0 and more", thrown.getMessage());
    }

    @Test
    void rewiresAtMultiplesOfDeltaTBelowTheEnd() {
        DropSchedule schedule = DropSchedule.cosine(0.3, 100, 400);

        List<Long> steps =
                LongStream.range(0, 1000).filter(schedule::rewiresAt).boxed().toList();

        assertEquals(List.of(0L, 100L, 200L, 300L), steps);
    }

    @Test
    void endAtZeroNeverRewires() {
        DropSchedule schedule = DropSchedule.cosine(0.3, 1, 0);

        assertEquals(0, LongStream.range(0, 10).filter(schedule::rewiresAt).count());
    }

    @Test
    void countRoundsDown() {
        assertEquals(2, DropSchedule.constant(0.3, 1, 10).count(0, 9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void alphaOutOfRangeIsNamed(double alpha) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> DropSchedule.cosine(alpha, 100, 1000));

        assertEquals(
                "alpha: " + alpha + " is out of range; accepted are numbers above 0, at most 1", thrown.getMessage());
    }

    @Test
    void deltaTBelowOneIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> DropSchedule.cosine(0.3, 0, 1000));

        assertEquals("deltaT: 0 is out of range; accepted are 1 and more", thrown.getMessage());
    }

    @Test
    void negativeEndIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> DropSchedule.cosine(0.3, 100, -1));

        assertEquals("endStep: -1 is out of range; accepted are 0 and more", thrown.getMessage());
    }
}
