package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.Environment;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.StepTiming;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rewire step}. */
@Command(
        name = "step",
        sortOptions = false,
        usageHelpWidth = 110,
        description = "Times steps of training on random numbers: forward, cross-entropy, backward, SGD with momentum.",
        footer =
                "%nLoading and rewiring are no part of a step here; rewire train --profile has them.%nExit status: 0 done, 2 bad usage or bad input, 1 anything else.")
final class StepCommand implements Callable<Integer> {
    private static final double MOST_SECONDS = 3600;

    private final PrintStream out;
    private final PrintStream err;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "784-1024-1024-10",
            description = "as of rewire train; nets for images get 28x28x1 (default: 784-1024-1024-10)")
    private String model = "";

    @Option(
            names = "--sparsity",
            paramLabel = "S",
            defaultValue = "0.9",
            description =
                    "share of the weights that is absent, the same in each layer that may be sparse; 0 is dense (default: 0.9)")
    private double sparsity;

    @Option(names = "--block", paramLabel = "RxC", description = "block of weights (default: 1x1)")
    private BlockShape block = new BlockShape(1, 1);

    @Option(names = "--batch", paramLabel = "B", defaultValue = "128", description = "samples of a step (default: 128)")
    private int batch;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "1", description = "who computes (default: 1)")
    private int threads;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "15",
            description = "how long, the first 40 % being a warm-up (default: 15)")
    private double seconds;

    @Option(names = "--json", description = "print one JSON object instead of a line")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    StepCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new InvalidInputException("--seconds: " + seconds
                    + " is out of range; accepted are more than 0 and up to " + (int) MOST_SECONDS);
        }
        StepTiming timing;
        try {
            TrainingConfig config = config();
            Cpu.current().tooFewFor(threads).ifPresent(line -> err.println("rewire step: " + line));
            timing = StepTiming.of(config, seconds);
        } catch (InvalidConfigException e) {
            throw new InvalidInputException(String.valueOf(e.getMessage()));
        }
        out.print(json ? json(timing) : text(timing));
        out.flush();
        return 0;
    }

    private TrainingConfig config() {
        return TrainingConfig.builder()
                .model(Presets.parse(model))
                .method(sparsity == 0 ? Method.DENSE : Method.STATIC)
                .sparsity(sparsity)
                .distribution(Distribution.UNIFORM)
                .block(block.rows(), block.cols())
                .batch(batch)
                .threads(threads)
                .optimizer(new Optimizer.Sgd(0.9, true, 0))
                .build();
    }

    private String json(StepTiming timing) {
        ObjectNode node = ResultJson.start(GivenCommand.provenance(spec));
        node.put("model", model);
        node.put("sparsity", sparsity);
        node.put("block", sparsity == 0 ? null : block.rows() + "x" + block.cols());
        node.put("batch", batch);
        node.put("threads", threads);
        node.put("parameters", timing.parameters());
        node.put("steps", timing.steps());
        node.put("step_ms_median", timing.medianMs());
        node.put("step_ms_best", timing.bestMs());
        node.put("forward_ms_best", timing.forwardMs());
        node.put("loss_ms_best", timing.lossMs());
        node.put("backward_ms_best", timing.backwardMs());
        node.put("update_ms_best", timing.updateMs());
        ResultJson.put(node.putObject("environment"), Environment.current(Map.of()));
        return ResultJson.text(node);
    }

    private String text(StepTiming timing) {
        return String.format(
                Locale.ROOT,
                "%s, %s, batch %d, %d %s: %.3f ms best, %.3f ms median of %d steps; best forward %.3f, loss %.3f, backward %.3f, update %.3f; %,d parameters%n",
                model,
                sparsity == 0 ? "dense" : "sparsity " + sparsity + " in " + block.rows() + "x" + block.cols(),
                batch,
                threads,
                threads == 1 ? "thread" : "threads",
                timing.bestMs(),
                timing.medianMs(),
                timing.steps(),
                timing.forwardMs(),
                timing.lossMs(),
                timing.backwardMs(),
                timing.updateMs(),
                timing.parameters());
    }
}
