package dev.rewire.training;

import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.LinkedHashMap;
import java.util.Map;

/** A program that trains a small network by each method, and prints the width of the kernels' vectors in bits, then name and hash of the weights of each. */
final class GoldenRuns {
    /** Fewer inputs than any machine takes in chunks, whose sums would depend on its caches. */
    private static final DataSplit IMAGES = SyntheticImages.of(200, 20);

    private GoldenRuns() {}

    public static void main(String[] arguments) {
        System.out.println(Capabilities.current().kernels().vectorBits());
        runs().forEach((name, settings) -> {
            try (TrainingRun run =
                    TrainingRun.create(settings.epochs(2).deltaT(3).build(), IMAGES)) {
                while (!run.isComplete()) {
                    run.trainEpoch(StepListener.NONE);
                }
                System.out.println(name + " " + run.summary().weightsHash().substring(0, 12));
            }
        });
    }

    private static Map<String, TrainingConfigBuilder> runs() {
        Map<String, TrainingConfigBuilder> runs = new LinkedHashMap<>();
        runs.put("dense", SyntheticImages.config(Method.DENSE));
        runs.put("static", SyntheticImages.config(Method.STATIC));
        runs.put("set", SyntheticImages.config(Method.SET).block(3, 5));
        runs.put("set-nm", SyntheticImages.config(Method.SET).nm(new NmSparsity(2, 4)));
        runs.put("rigl", SyntheticImages.config(Method.RIGL));
        runs.put("rigl-blocks", SyntheticImages.config(Method.RIGL).block(4, 4).optimizer(adam()));
        runs.put("rigl-accumulated", SyntheticImages.config(Method.RIGL).rules(Rules.rigl(2)));
        runs.put("snfs", SyntheticImages.config(Method.SNFS));
        runs.put("srigl", SyntheticImages.config(Method.SRIGL));
        runs.put("gse", SyntheticImages.config(Method.GSE));
        runs.put("chts", SyntheticImages.config(Method.CHTS));
        runs.put("rigl-nm", SyntheticImages.config(Method.RIGL).nm(new NmSparsity(1, 4)));
        runs.put("sr-ste", SyntheticImages.config(Method.SR_STE).nm(new NmSparsity(2, 4)));
        // From 33 samples on the columns of a mask are sorted.
        runs.put(
                "sr-ste-sorted",
                SyntheticImages.config(Method.SR_STE).nm(new NmSparsity(2, 4)).batch(64));
        runs.put(
                "sr-ste-transposable",
                SyntheticImages.config(Method.SR_STE)
                        .nm(new NmSparsity(2, 4))
                        .srSte(new SrSte(2e-4, true, 2))
                        .optimizer(adam())
                        .learningRate(0.002));
        return runs;
    }

    private static Optimizer adam() {
        return new Optimizer.Adam(0.9, 0.999, 1e-8, 0.01, true);
    }
}
