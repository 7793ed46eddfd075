package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No plan's speed is drawn by lot: many plans in a JVM whose compilers are busy all reach what each reaches in a JVM of its own. Minutes to an hour, so it runs
 * only when asked for ({@code -Drewire.lottery=PLANS}, docs/performance.md).
 *
 * <p>Others may use the machine. What is slow is measured again, in the same process and in a new one, in turns; it is slow if it is so each time.
 */
@Tag("alone")
@EnabledIfSystemProperty(named = PlanLotteryTest.PLANS, matches = "[1-9][0-9]*", disabledReason = "takes minutes")
class PlanLotteryTest {
    static final String PLANS = "rewire.lottery";
    private static final double LEAST_SHARE = 0.6;
    private static final int TRIES = 3;
    private static final Map<Integer, Double> ALONE = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyPlanReachesTheRateOfAProcessOfItsOwn(int order, TestReporter reporter) throws IOException {
        List<String> slow = new ArrayList<>();
        List<String> again = new ArrayList<>();
        try (PlanProcess together = new PlanProcess(0, Integer.getInteger(PLANS), order)) {
            for (String[] line : together.rates()) {
                int seed = Integer.parseInt(line[0]);
                double rate = Double.parseDouble(line[1]);
                if (!ALONE.containsKey(seed)) {
                    ALONE.put(seed, alone(seed));
                }
                double alone = ALONE.get(seed);
                String seen = seen(rate, alone);
                for (int i = 0; i < TRIES && rate < LEAST_SHARE * alone; i++) {
                    rate = together.again(seed);
                    alone = alone(seed);
                    seen += ", " + seen(rate, alone);
                }
                if (!seen.equals(seen(rate, alone))) {
                    again.add(line[2] + ": " + seen);
                }
                if (rate < LEAST_SHARE * alone) {
                    slow.add(line[2] + ": " + seen);
                }
            }
        }
        reporter.publishEntry("order " + order + ", measured again", again.toString());
        assertEquals(List.of(), slow);
    }

    private static double alone(int seed) throws IOException {
        try (PlanProcess process = new PlanProcess(seed, 1, 1)) {
            return Double.parseDouble(process.rates().getFirst()[1]);
        }
    }

    private static String seen(double rate, double alone) {
        return String.format(Locale.ROOT, "%.3f of %.3f GFLOP/s", rate, alone);
    }
}
