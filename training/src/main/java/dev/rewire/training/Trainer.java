package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.SoftmaxCrossEntropy;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.rewiring.Flops;
import dev.rewire.training.rewiring.ParameterRewiring;
import dev.rewire.training.rewiring.Rewiring;
import java.util.ArrayList;
import java.util.List;

/** Steps of training a network: forward, loss, backward, and either an update of the weights or, when it is due, a rewiring. */
final class Trainer {
    private final Network network;
    private final SoftmaxCrossEntropy loss;
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final Rewiring rewiring;
    private final List<ParameterRewiring> rewirings = new ArrayList<>();

    private final Progress progress = new Progress();

    /** Where training stands. */
    static final class Progress {
        /** Steps taken. */
        long steps;

        /** Updates of the weights: steps less those that a rewiring took the place of. */
        long updates;

        /** Steps at which the network was rewired. */
        long rewirings;

        /** Time spent on rewiring in this process. */
        long rewireNanos;
    }

    /**
     * Prepares the training of a network.
     *
     * @param arena where scratch comes from
     * @param network the network
     * @param config settings
     * @param steps length of the whole run
     * @param stepsOfEpoch length of an epoch
     * @param workers who computes
     */
    Trainer(KernelArena arena, Network network, TrainingConfig config, long steps, long stepsOfEpoch, Workers workers) {
        this.network = network;
        loss = new SoftmaxCrossEntropy(network.logits(), network.logitsGradient());
        optimizer = config.optimizer();
        learningRate = config.learningRateOf(steps, stepsOfEpoch);
        rewiring = config.rewiringOf(steps);
        List<Linear> layers = network.layers();
        for (int l = 0; l < layers.size(); l++) {
            Linear layer = layers.get(l);
            rewirings.add(ParameterRewiring.of(arena, l, layer.weights(), layer, rewiring, config.seed()));
        }
    }

    /**
     * Learns from the batch that is in the network's input.
     *
     * @param labels its classes
     * @return whether the network was rewired and the step thereby took longer than others
     * @throws DivergedException if the loss is no finite number; the network is left as it was then
     */
    boolean step(int[] labels) {
        long step = progress.steps;
        boolean rewire = rewiring.schedule().rewiresAt(step);
        boolean update = !(rewire && rewiring.replacesUpdate());
        double rate = learningRate.at(step);
        network.forward();
        loss.differentiate(labels);
        Finite.requireLoss(loss.lossSum(), network, step + 1);
        progress.updates += update ? 1 : 0;
        for (int l = network.layers().size() - 1; l >= 0; l--) {
            Linear layer = network.layers().get(l);
            // Before the weights change: the gradient of the input belongs to those that the forward pass used.
            layer.backwardInput();
            if (update) {
                layer.backwardWeights();
                layer.update(optimizer, progress.updates, rate, rewire);
            }
            if (rewire) {
                long start = System.nanoTime();
                rewirings.get(l).apply(step);
                progress.rewireNanos += System.nanoTime() - start;
            }
        }
        progress.rewirings += rewire ? 1 : 0;
        progress.steps++;
        return rewire && !rewiring.keepsAllWeights();
    }

    /** Loss and hits of the last batch. */
    SoftmaxCrossEntropy loss() {
        return loss;
    }

    Network network() {
        return network;
    }

    Progress progress() {
        return progress;
    }

    List<ParameterRewiring> rewirings() {
        return rewirings;
    }

    /** Operations of the steps taken, for one sample of each batch, as {@link Flops} counts them. */
    double flops() {
        Flops flops = Flops.of(network.shapes(), network.nonzeros());
        long dense = rewiring.keepsAllWeights() ? progress.steps : rewiring.replacesUpdate() ? progress.rewirings : 0;
        return (progress.steps - dense) * flops.sparseStep() + dense * flops.denseGradientStep();
    }

    /** What the same number of steps would cost the dense network. */
    double denseFlops() {
        return progress.steps * Flops.of(network.shapes(), network.nonzeros()).denseStep();
    }
}
