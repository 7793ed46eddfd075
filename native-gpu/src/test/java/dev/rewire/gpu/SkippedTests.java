package dev.rewire.gpu;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says at the end how many tests were skipped for which reason: Surefire's summary has but their number. */
public final class SkippedTests implements TestExecutionListener {
    private final Map<String, Integer> byReason = new ConcurrentHashMap<>();

    /** For the service loader. */
    public SkippedTests() {}

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        count(reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == Status.ABORTED) {
            count(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    private void count(String reason) {
        // A class that is skipped as a whole counts as one.
        byReason.merge(reason.replaceFirst("^Assumption failed: ", ""), 1, Integer::sum);
    }

    @Override
    @SuppressWarnings("SystemOut")
    public void testPlanExecutionFinished(TestPlan plan) {
        new TreeMap<>(byReason).forEach((reason, tests) -> System.out.println("skipped, " + tests + ": " + reason));
    }
}
