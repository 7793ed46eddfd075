package dev.rewire.training;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.SoftmaxCrossEntropy;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.rewiring.Flops;
import dev.rewire.training.rewiring.NetworkRewiring;
import dev.rewire.training.rewiring.ParameterRewiring;
import dev.rewire.training.rewiring.Rewiring;
import java.util.List;

/** Steps of training a network: forward, loss, backward, and either an update of the weights or, when it is due, a rewiring. */
final class Trainer {
    private final Network network;
    private final List<WeightSpec> specs;
    private final Workers workers;
    private final SoftmaxCrossEntropy loss;
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final NetworkRewiring rewiring;

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
     * @param specs its weights
     * @param config settings
     * @param steps length of the whole run
     * @param stepsOfEpoch length of an epoch
     * @param workers who computes
     */
    Trainer(
            KernelArena arena,
            Network network,
            List<WeightSpec> specs,
            TrainingConfig config,
            long steps,
            long stepsOfEpoch,
            Workers workers) {
        this.network = network;
        this.specs = specs;
        this.workers = workers;
        loss = new SoftmaxCrossEntropy(network.output(), network.outputGradient());
        optimizer = config.optimizer();
        learningRate = config.learningRateOf(steps, stepsOfEpoch);
        rewiring = new NetworkRewiring(arena, network.parameters(), config.rewiringOf(steps), config.seed());
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
        boolean rewire = rewiring.isDue(step);
        boolean update = rewiring.updatesAt(step);
        double rate = learningRate.at(step);
        network.forward(step, true);
        loss.differentiate(labels);
        Finite.requireLoss(loss.lossSum(), network, step + 1);
        progress.updates += update ? 1 : 0;
        network.backward(update);
        if (update) {
            List<NamedParameter> parameters = network.parameters();
            for (int p = parameters.size() - 1; p >= 0; p--) {
                parameters.get(p).parameter().update(optimizer, progress.updates, rate, rewire, workers);
            }
        }
        if (rewire) {
            long start = System.nanoTime();
            rewiring.apply(step);
            progress.rewireNanos += System.nanoTime() - start;
            progress.rewirings++;
        }
        progress.steps++;
        return rewire && !rewiring.rewiring().keepsAllWeights();
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
        return rewiring.parameters();
    }

    /** Operations of the steps taken, for one sample of each batch, as {@link Flops} counts them. */
    double flops() {
        Flops flops = opsOfSample();
        Rewiring rules = rewiring.rewiring();
        long dense = rules.keepsAllWeights() ? progress.steps : rules.replacesUpdate() ? progress.rewirings : 0;
        // A rule that looks at gradients without taking the place of the update has them on top of it.
        boolean onTop = !rules.keepsAllWeights() && rules.grow().usesGradient() && !rules.replacesUpdate();
        return (progress.steps - dense) * flops.sparseStep()
                + dense * flops.denseGradientStep()
                + (onTop ? progress.rewirings * flops.dense() : 0);
    }

    /** What the same number of steps would cost the dense network. */
    double denseFlops() {
        return progress.steps * opsOfSample().denseStep();
    }

    private Flops opsOfSample() {
        return Flops.of(specs, network.nonzeros());
    }

    /** Weights of the dense network. */
    long denseWeights() {
        return specs.stream()
                .map(WeightSpec::shape)
                .mapToLong(LayerShape::weights)
                .sum();
    }
}
