package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No plan's speed is drawn by lot: many plans in a JVM whose compilers are busy all reach what each reaches in a JVM of its own. Minutes to an hour, so it runs
 * only when asked for ({@code -Drewire.lottery=PLANS}, docs/performance.md).
 */
@Tag("alone")
@EnabledIfSystemProperty(named = PlanLotteryTest.PLANS, matches = "[1-9][0-9]*", disabledReason = "takes minutes")
class PlanLotteryTest {
    static final String PLANS = "rewire.lottery";
    private static final double LEAST_SHARE = 0.6;
    private static final Map<Integer, Double> ALONE = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyPlanReachesTheRateOfAProcessOfItsOwn(int order) {
        List<String> slow = new ArrayList<>();
        for (String[] line : rates(0, Integer.getInteger(PLANS), order, 300)) {
            int seed = Integer.parseInt(line[0]);
            double alone = ALONE.computeIfAbsent(seed, PlanLotteryTest::alone);
            double rate = Double.parseDouble(line[1]);
            if (rate < LEAST_SHARE * alone) {
                slow.add(String.format(Locale.ROOT, "%s: %.3f of %.3f GFLOP/s", line[2], rate, alone));
            }
        }
        assertEquals(List.of(), slow);
    }

    private static double alone(int seed) {
        return Double.parseDouble(rates(seed, 1, 1, 1500).getFirst()[1]);
    }

    private static List<String[]> rates(int first, int count, int order, int millis) {
        Fork fork = Fork.run(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"),
                PlanLottery.class,
                Integer.toString(first),
                Integer.toString(count),
                Integer.toString(order),
                Integer.toString(millis));
        assertEquals(0, fork.exit(), fork::err);
        return fork.out().lines().map(line -> line.split("\t")).toList();
    }
}
