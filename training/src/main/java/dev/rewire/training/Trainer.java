package dev.rewire.training;

import dev.rewire.training.layer.Outline;
import dev.rewire.training.loop.Profile;
import dev.rewire.training.loop.StepClock;
import dev.rewire.training.loss.Loss;
import dev.rewire.training.optimizer.GradientClip;
import dev.rewire.training.optimizer.LearningRate;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.parameter.WeightSpec;
import dev.rewire.training.rewiring.Flops;
import dev.rewire.training.rewiring.NetworkRewiring;
import dev.rewire.training.rewiring.ParameterRewiring;
import dev.rewire.training.rewiring.Rewiring;
import dev.rewire.training.rewiring.watch.RewiringListener;
import dev.rewire.training.rewiring.watch.RewiringWatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Steps of training a network: forward, loss, backward, and either an update of the weights or, when it is due, a rewiring. */
final class Trainer {
    private final Network network;
    private final Outline outline;
    private final Loss loss;
    private final @Nullable GradientClip clip;
    private final @Nullable Profile profile;
    private final Optimizer optimizer;
    private final LearningRate learningRate;
    private final NetworkRewiring rewiring;

    private final Progress progress = new Progress();
    private @Nullable RewiringListener listener;
    private double[] gradientNorms = {};

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
     * @param network the network
     * @param loss of its output
     * @param outline its weights
     * @param config settings
     * @param steps length of the whole run
     * @param stepsOfEpoch length of an epoch
     * @param profile is told where the time goes, or null
     */
    Trainer(
            Network network,
            Loss loss,
            Outline outline,
            TrainingConfig config,
            long steps,
            long stepsOfEpoch,
            @Nullable Profile profile) {
        this.network = network;
        this.loss = loss;
        this.outline = outline;
        this.profile = profile;
        optimizer = config.optimizer();
        learningRate = config.learningRateOf(steps, stepsOfEpoch);
        clip = config.clip() == 0
                ? null
                : new GradientClip(
                        config.clip(), network.parameters(), network.setting().workers());
        rewiring = network.rewiring(config.rewiringOf(steps), config.seed());
    }

    /**
     * Learns from the batch that is in the network's input and the loss.
     *
     * @param clock is told of each part of the step
     * @return whether the network was rewired and the step thereby took longer than others
     * @throws DivergedException if the loss is no finite number; the network is left as it was then
     */
    boolean step(StepClock clock) {
        long step = progress.steps;
        boolean rewire = rewiring.isDue(step);
        boolean update = rewiring.updatesAt(step);
        network.forward(step, true);
        clock.end(StepClock.Part.FORWARD);
        long start = now();
        loss.differentiate();
        Finite.requireLoss(loss.lossSum(), network, step + 1);
        tell(Profile.LOSS, start);
        clock.end(StepClock.Part.LOSS);
        network.backward(update);
        clock.end(StepClock.Part.BACKWARD);
        if (rewiring.observes(step)) {
            start = System.nanoTime();
            rewiring.observe();
            progress.rewireNanos += System.nanoTime() - start;
            tell(Profile.REWIRING, start);
            clock.end(StepClock.Part.REWIRING);
        }
        if (update && listener != null && (rewire || rewiring.isDue(step + 1))) {
            gradientNorms = RewiringWatch.gradientNorms(network.weights());
            clock.start();
        }
        if (update) {
            start = now();
            progress.updates++;
            if (clip != null) {
                clip.clip();
            }
            network.update(optimizer, progress.updates, learningRate.at(step), rewire);
            tell(Profile.OPTIMIZER, start);
            clock.end(StepClock.Part.OPTIMIZER);
        }
        if (rewire) {
            RewiringWatch watch = isWatched(step) ? new RewiringWatch(network.weights(), gradientNorms) : null;
            clock.start();
            start = System.nanoTime();
            rewiring.apply(step);
            progress.rewireNanos += System.nanoTime() - start;
            progress.rewirings++;
            tell(Profile.REWIRING, start);
            clock.end(StepClock.Part.REWIRING);
            if (watch != null && listener != null) {
                listener.rewired(step + 1, watch.after(rewiring.parameters()));
            }
        }
        progress.steps++;
        return rewire && !rewiring.rewiring().keepsAllWeights();
    }

    private boolean isWatched(long step) {
        return listener != null
                && (!rewiring.rewiring().keepsAllWeights() || step % RewiringListener.MASK_INTERVAL == 0);
    }

    /** Sets who is told of rewirings. */
    void listener(RewiringListener next) {
        listener = next;
        gradientNorms = new double[network.weights().size()];
        Arrays.fill(gradientNorms, Double.NaN);
    }

    private long now() {
        return profile == null ? 0 : System.nanoTime();
    }

    private void tell(String part, long start) {
        if (profile != null) {
            profile.add(part, System.nanoTime() - start);
        }
    }

    /** Loss and hits of the last batch. */
    Loss loss() {
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
        long dense = rules.denseSteps(progress.steps);
        // A rule that looks at one step's gradients without taking the place of the update has them on top of it; those
        // of SNFS hold the gradients of
        // stored weights, too, as the paper counts.
        boolean onTop = rules.grow().usesGradient()
                && !rules.replacesUpdate()
                && rules.grow().memory() == null;
        double ofDenseStep =
                onTop && !rules.keepsAllWeights() ? flops.sparseStep() + flops.dense() : flops.denseGradientStep();
        return (progress.steps - dense) * flops.sparseStep()
                + dense * ofDenseStep
                + progress.rewirings * rules.grow().sampledShare() * flops.sparse();
    }

    /** What the same number of steps would cost the dense network. */
    double denseFlops() {
        return progress.steps * opsOfSample().denseStep();
    }

    private Flops opsOfSample() {
        return Flops.of(outline.weights(), network.nonzeros(), outline.operations());
    }

    /** Memory of the dense network's parameters: values, gradients and slots. */
    long denseBytes() {
        long floats = denseWeights();
        for (NamedParameter parameter : network.parameters()) {
            if (!(parameter.parameter() instanceof SparseParameter)) {
                floats += Network.values(parameter.parameter()).byteSize() / Float.BYTES;
            }
        }
        return floats * Float.BYTES * (2 + optimizer.slots());
    }

    /** Of each weights how many the settings want. */
    List<Double> targetNonzeros(TrainingConfig config) {
        List<WeightSpec> weights = outline.weights();
        double[] densities = new Patterns(config, weights).densities();
        return IntStream.range(0, densities.length)
                .mapToObj(w -> densities[w] * weights.get(w).shape().weights())
                .toList();
    }

    /** Weights of the dense network. */
    long denseWeights() {
        return outline.weights().stream()
                .map(WeightSpec::shape)
                .mapToLong(LayerShape::weights)
                .sum();
    }
}
