package dev.rewire.training.loop;

import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.Samples;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;

/** Which samples each step learns from: every pass has an order of its own; of samples that overlap each batch is drawn by itself. */
public final class SampleOrder {
    private final Samples training;
    private final int batch;
    private final long seed;
    private final int stepsOfPass;

    /** As they look in this pass. */
    private Samples samples;

    private int[] numbers = new int[0];
    private int from;
    private long pass = -1;

    /**
     * An order.
     *
     * @param samples what is learned from
     * @param augmentation what is done to them
     * @param batch samples of a step
     * @param seed of every order
     * @throws UnsupportedOperationException if that cannot be done to them
     */
    public SampleOrder(Samples samples, Augmentation augmentation, int batch, long seed) {
        training = samples.augmented(augmentation, seed);
        this.samples = training;
        this.batch = batch;
        this.seed = seed;
        stepsOfPass = Math.max(1, training.epochSize() / batch);
    }

    /** Steps of a pass over the samples. */
    public int stepsOfPass() {
        return stepsOfPass;
    }

    /** Loads the samples of a step, from 0. */
    public void load(long step, Batches batches) {
        if (training.epochSize() < training.size()) {
            draw(step);
        } else {
            pass(step);
        }
        batches.load(samples, numbers, from, batch);
    }

    private void draw(long step) {
        CounterRandom random = new CounterRandom(seed, 0, step, Purpose.SHUFFLE);
        numbers = numbers.length == batch ? numbers : new int[batch];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextInt(training.size());
        }
    }

    private void pass(long step) {
        long passOfStep = step / stepsOfPass;
        if (pass != passOfStep) {
            pass = passOfStep;
            numbers = new CounterRandom(seed, 0, pass, Purpose.SHUFFLE).permutation(training.size());
            samples = training.inEpoch(pass);
        }
        from = (int) (step % stepsOfPass) * batch;
    }
}
