package dev.rewire.bench;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.Network;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loss.SoftmaxCrossEntropy;
import dev.rewire.training.model.Model;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.parameter.SparseParameter;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Steps of training on random numbers: forward, softmax cross-entropy, backward, SGD with Nesterov momentum; what a dense step of PyTorch on random numbers is held against. Data are not
 * loaded, and nothing is rewired.
 *
 * @param parameters values that are trained, without padding of blocks
 * @param steps how many were timed
 * @param medianMs of them
 * @param bestMs of them
 * @param forwardMs the best
 * @param lossMs the best
 * @param backwardMs the best
 * @param updateMs the best
 */
public record StepTiming(
        long parameters,
        int steps,
        double medianMs,
        double bestMs,
        double forwardMs,
        double lossMs,
        double backwardMs,
        double updateMs) {
    private static final double RATE = 1e-3;
    private static final int MOST_STEPS = 1 << 20;
    private static final int FEWEST_STEPS = 5;

    /** The share of the time that goes by before steps count: the JIT is at work. */
    private static final double WARM_UP = 0.4;

    /**
     * Times steps.
     *
     * @param config model, batch, threads, and which weights there are
     * @param seconds how long, the warm-up included; at least five steps are timed
     * @return how long they took
     */
    public static StepTiming of(TrainingConfig config, double seconds) {
        Model model = config.model();
        Shape sample = model.exampleSample();
        try (Network network = Network.create(config, sample, model.exampleOutputs())) {
            SplittableRandom random = new SplittableRandom(1);
            fill(network, model.exampleOutputs(), random);
            SoftmaxCrossEntropy loss =
                    new SoftmaxCrossEntropy(network.result(), network.setting().workers());
            int[] classes = loss.classes();
            for (int i = 0; i < classes.length; i++) {
                classes[i] = random.nextInt(model.exampleOutputs());
            }
            return time(network, loss, config.optimizer(), seconds);
        }
    }

    private static void fill(Network network, int words, SplittableRandom random) {
        PanelMatrix x = network.input();
        for (int row = 0; row < x.rows(); row++) {
            switch (network.inputShape()) {
                case Shape.Tokens tokens -> x.set(row, 0, random.nextInt(words));
                case Shape.Features features -> {
                    for (int i = 0; i < features.count(); i++) {
                        x.set(row, i, random.nextFloat(-1, 1));
                    }
                }
                case Shape.Image image -> {
                    FeatureMap map = image.map(network.setting().halo());
                    for (int i = 0; i < image.elements(); i++) {
                        int position = i / image.channels();
                        int feature =
                                map.feature(position / image.width(), position % image.width(), i % image.channels());
                        x.set(row, feature, random.nextFloat(-1, 1));
                    }
                }
            }
        }
    }

    private static StepTiming time(Network network, SoftmaxCrossEntropy loss, Optimizer optimizer, double seconds) {
        long start = System.nanoTime();
        long warm = start + (long) (WARM_UP * seconds * 1e9);
        long stop = start + (long) (seconds * 1e9);
        double[] all = new double[MOST_STEPS];
        double[] best = new double[4];
        Arrays.fill(best, Double.POSITIVE_INFINITY);
        int counted = 0;
        for (long step = 0; counted < FEWEST_STEPS || (System.nanoTime() < stop && counted < MOST_STEPS); step++) {
            long[] at = new long[5];
            at[0] = System.nanoTime();
            network.forward(step, true);
            at[1] = System.nanoTime();
            loss.differentiate();
            at[2] = System.nanoTime();
            network.backward(true);
            at[3] = System.nanoTime();
            network.update(optimizer, step + 1, RATE);
            at[4] = System.nanoTime();
            if (at[0] >= warm) {
                for (int part = 0; part < best.length; part++) {
                    best[part] = Math.min(best[part], (at[part + 1] - at[part]) / 1e6);
                }
                all[counted++] = (at[4] - at[0]) / 1e6;
            }
        }
        double[] sorted = Arrays.copyOf(all, counted);
        Arrays.sort(sorted);
        return new StepTiming(
                network.parameters().stream()
                        .map(NamedParameter::parameter)
                        .mapToLong(StepTiming::count)
                        .sum(),
                counted,
                (sorted[(counted - 1) / 2] + sorted[counted / 2]) / 2,
                sorted[0],
                best[0],
                best[1],
                best[2],
                best[3]);
    }

    private static long count(Parameter parameter) {
        return switch (parameter) {
            case SparseParameter weights -> weights.nonzeros();
            case DenseParameter dense ->
                (long) dense.values().rows() * dense.values().cols();
        };
    }
}
