package dev.rewire.training.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The loss of a regression, {@code (y − t)²}, as a mean over the values of a prediction, and the gradient of its mean over all predictions, {@code 2·(y − t) / (values · predictions)}. Lanes
 * behind the last sample are not touched; the gradient of padded tokens is 0. The result has the same bits for any number of workers.
 */
public final class MeanSquaredError implements Loss {
    private final LossRows rows;
    private final PanelMatrix targets;
    private final double[] losses;
    private double lossSum;
    private long predictions;

    // What the rows are computed with.
    private boolean withGradient;
    private double all;
    private final IntConsumer rowTask = this::row;

    /**
     * A loss.
     *
     * @param arena where room for the targets comes from
     * @param output what is predicted, features or tokens; where the gradient goes, too
     * @param workers who computes
     * @throws dev.rewire.training.setting.InvalidConfigException if the output is an image
     */
    public MeanSquaredError(KernelArena arena, Activations output, Workers workers) {
        rows = new LossRows("mean squared error", output, workers);
        targets = PanelMatrix.allocate(
                arena, output.values().rows(), output.values().cols());
        losses = new double[targets.rows()];
    }

    /**
     * What the output is to become, t, which is written before each call.
     *
     * @return panels of the output's shape
     */
    public PanelMatrix targets() {
        return targets;
    }

    @Override
    public void measure(int samples) {
        run(samples, false);
    }

    @Override
    public void differentiate() {
        run(rows.samples(), true);
    }

    private void run(int samples, boolean withGradient) {
        predictions = rows.predictions(samples);
        this.withGradient = withGradient;
        all = (double) rows.predictions(rows.samples()) * targets.cols();
        rows.forEach(samples, rowTask);
        if (withGradient) {
            rows.handOver();
        }
        lossSum = rows.sum(losses, samples);
    }

    private void row(int row) {
        boolean counts = rows.isPrediction(row);
        MemorySegment gradient = rows.gradient().segment();
        long offset = rows.offset(row);
        double sum = 0;
        for (int feature = 0; feature < targets.cols(); feature++) {
            long place = offset + feature * rows.stride();
            double difference = counts
                    ? (double) rows.output().segment().get(JAVA_FLOAT_UNALIGNED, place)
                            - targets.segment().get(JAVA_FLOAT_UNALIGNED, place)
                    : 0;
            sum += difference * difference;
            if (withGradient) {
                gradient.set(JAVA_FLOAT_UNALIGNED, place, (float) (2 * difference / all));
            }
        }
        losses[row] = sum / targets.cols();
    }

    @Override
    public double lossSum() {
        return lossSum;
    }

    @Override
    public long predictions() {
        return predictions;
    }

    @Override
    public long correct() {
        return 0;
    }

    @Override
    public boolean classifies() {
        return false;
    }
}
