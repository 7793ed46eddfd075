package dev.rewire.training.loss;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.Objects;
import java.util.function.IntConsumer;

/** The rows of a network's output that are predictions: of tokens, padding is none. Work on them is shared out by panels of rows, and what each comes to is added up in their order. */
final class LossRows {
    /** Too few to be worth another thread. */
    private static final int ROWS_OF_TASK = 16;

    private final Activations activations;
    private final PanelMatrix output;
    private final PanelMatrix gradient;
    private final Workers workers;
    private final int rowsOfSample;
    private final int predictionsOfSample;

    private int rows;
    private IntConsumer rowTask = row -> {};
    private final IntConsumer rowsTask = this::run;

    LossRows(String loss, Activations output, Workers workers) {
        activations = output;
        this.output = output.values();
        gradient = Objects.requireNonNull(output.gradient(), "output: has no gradient; accepted is that of a layer");
        this.workers = workers;
        rowsOfSample = output.shape().rows();
        predictionsOfSample = switch (output.shape()) {
            case Shape.Features _ -> 1;
            case Shape.Tokens tokens -> tokens.length();
            case Shape.Image image ->
                throw new InvalidConfigException(loss, image, "features or tokens; Flatten makes features of an image");
        };
    }

    PanelMatrix output() {
        return output;
    }

    PanelMatrix gradient() {
        return gradient;
    }

    int samples() {
        return output.rows() / rowsOfSample;
    }

    long predictions(int samples) {
        return (long) samples * predictionsOfSample;
    }

    int rows(int samples) {
        return samples * rowsOfSample;
    }

    boolean isPrediction(int row) {
        return row % rowsOfSample < predictionsOfSample;
    }

    /** Where a row of the output begins, in bytes; its next feature is a stride further. */
    long offset(int row) {
        int panel = row / output.lanes();
        return (panel * output.panelStride() + row % output.lanes()) * Float.BYTES;
    }

    long stride() {
        return (long) output.lanes() * Float.BYTES;
    }

    /** Calls once for each of the first samples' rows, from any thread. */
    void forEach(int samples, IntConsumer computed) {
        rows = samples * rowsOfSample;
        rowTask = computed;
        workers.forEach(Math.ceilDiv(rows, ROWS_OF_TASK), rowsTask);
    }

    private void run(int task) {
        int end = Math.min(rows, (task + 1) * ROWS_OF_TASK);
        for (int r = task * ROWS_OF_TASK; r < end; r++) {
            rowTask.accept(r);
        }
    }

    /** Hands the gradient over, once it is written everywhere: through the ReLU that the output may end in. */
    void handOver() {
        activations.maskGradient(workers);
    }

    /** The sum of what the first samples' rows came to, in their order. */
    double sum(double[] ofRows, int samples) {
        double sum = 0;
        for (int row = 0; row < samples * rowsOfSample; row++) {
            sum += ofRows[row];
        }
        return sum;
    }
}
