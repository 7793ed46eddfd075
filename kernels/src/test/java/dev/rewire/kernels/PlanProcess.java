package dev.rewire.kernels;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A JVM in which {@link PlanLottery} runs, which measures plans again as long as it lives. */
final class PlanProcess implements AutoCloseable {
    private static final int LIMIT_MINUTES = 60;

    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    PlanProcess(int first, int count, int order) throws IOException {
        List<String> command = Fork.command(
                List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"),
                PlanLottery.class,
                Integer.toString(first),
                Integer.toString(count),
                Integer.toString(order));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("JDK_JAVA_OPTIONS"); // would print what it picks up
        process = builder.start();
        out = process.inputReader();
        in = new PrintStream(process.getOutputStream(), true);
        CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
    }

    /** Seed, rate and name of each plan. */
    List<String[]> rates() throws IOException {
        List<String[]> rates = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            rates.add(line.split("\t"));
        }
        return rates;
    }

    /** The rate of a plan after a longer time. */
    double again(int seed) throws IOException {
        in.println(seed);
        return Double.parseDouble(line());
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("the process has ended: " + process);
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
