package dev.rewire.training;

import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.loop.Batches;
import dev.rewire.training.loss.Loss;
import java.util.Arrays;

/** Passes samples through a network that does not learn from them, batch by batch. */
final class Evaluator {
    private final Network network;
    private final Batches batches;
    private final SampleShape sample;
    private final TargetShape target;
    private final int batch;

    /**
     * Prepares to evaluate.
     *
     * @param network the network
     * @param batches its batches
     * @param sample what it learns from
     * @param target what it learns
     * @param batch samples of a batch
     */
    Evaluator(Network network, Batches batches, SampleShape sample, TargetShape target, int batch) {
        this.network = network;
        this.batches = batches;
        this.sample = sample;
        this.target = target;
        this.batch = batch;
    }

    /** Predicts samples and compares that with their targets, after so many steps. */
    Evaluation evaluate(Samples of, long step) {
        requireEqual("samples.target", of.target(), target);
        Loss loss = batches.loss();
        double[] lossSum = new double[1];
        long[] counts = new long[2];
        forEachBatch(of, (numbers, from, count) -> {
            batches.load(of, numbers, from, count);
            network.forward(step, false);
            loss.measure(count);
            Finite.requireLoss(loss.lossSum(), network, step);
            lossSum[0] += loss.lossSum();
            counts[0] += loss.predictions();
            counts[1] += loss.correct();
        });
        double accuracy = loss.classifies() ? (double) counts[1] / counts[0] : Double.NaN;
        return new Evaluation(lossSum[0] / counts[0], accuracy, counts[0]);
    }

    /** Predicts samples, after so many steps. */
    Predictions predict(Samples of, long step) {
        Shape shape = network.result().shape();
        int ofSample = shape instanceof Shape.Tokens tokens ? tokens.length() : 1;
        float[][] outputs = new float[Math.multiplyExact(of.size(), ofSample)]
                [network.output().cols()];
        forEachBatch(of, (numbers, from, count) -> {
            batches.loadInput(of, numbers, from, count);
            network.forward(step, false);
            for (int p = 0; p < count * ofSample; p++) {
                int row = p / ofSample * shape.rows() + p % ofSample;
                float[] output = outputs[from * ofSample + p];
                for (int f = 0; f < output.length; f++) {
                    output[f] = network.output().get(row, f);
                    Finite.requireOutput(output[f], network, step);
                }
            }
        });
        return new Predictions(outputs);
    }

    @FunctionalInterface
    private interface BatchTask {
        void run(int[] numbers, int from, int count);
    }

    private void forEachBatch(Samples of, BatchTask task) {
        requireEqual("samples.shape", of.shape(), sample);
        int[] numbers = new int[of.size()];
        Arrays.setAll(numbers, i -> i);
        for (int from = 0; from < numbers.length; from += batch) {
            task.run(numbers, from, Math.min(batch, numbers.length - from));
        }
    }

    private static void requireEqual(String argument, Object value, Object accepted) {
        if (!value.equals(accepted)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + "; accepted is that of the training samples, " + accepted);
        }
    }
}
