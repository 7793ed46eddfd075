package dev.rewire.kernels.panel;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.WorkerTask;

/**
 * The mean of each window and channel. Padding counts as zeros, as it does by default in PyTorch: every sum is multiplied by 1/(height·width). Sums are in floats, row by row; with n places in a window and
 * u = 2⁻²⁴ the error is at most {@code (n + 1)·u} times the mean magnitude. Bits do not depend on the workers. One thread at a time, and a pass allocates nothing.
 */
public final class AveragePooling {
    private final Windows windows;
    private final WorkerTask forwardTask;
    private final WorkerTask gradientTask;

    private AveragePooling(Windows windows) {
        this.windows = windows;
        float factor = (float) (1.0 / ((double) windows.height * windows.width));
        Windows.Step sum =
                (taps, count, at, floats) -> windows.kernels.sum(windows.x, taps, count, windows.y, at, floats, factor);
        Windows.Step spread = (taps, count, at, floats) ->
                windows.kernels.spread(windows.dx, taps, count, windows.dy, at, floats, factor);
        forwardTask = (task, worker) -> windows.forEach(task, worker, sum);
        gradientTask = (task, worker) -> {
            windows.clear(task);
            windows.forEach(task, worker, spread);
        };
    }

    /**
     * Prepares pooling.
     *
     * @param input the images
     * @param height rows of a window, at least 1
     * @param width columns of a window, at least 1
     * @param stride rows and columns from one window to the next, at least 1
     * @param padding rows and columns of zeros that windows reach over the edge, at most half of a window; the input needs no margin for it
     * @param outputHalo margin of the output
     * @param workers who computes
     * @return the pooling
     * @throws IllegalArgumentException if a number is out of range
     */
    public static AveragePooling of(
            FeatureMap input, int height, int width, int stride, int padding, int outputHalo, Workers workers) {
        return new AveragePooling(new Windows(input, height, width, stride, padding, outputHalo, workers));
    }

    /**
     * Prepares the mean of all positions: a window as large as the image.
     *
     * @param input the images
     * @param workers who computes
     * @return pooling to an image of 1×1 without a margin: as many features as the input has channels
     */
    public static AveragePooling global(FeatureMap input, Workers workers) {
        return of(input, input.height(), input.width(), 1, 0, 0, workers);
    }

    /**
     * What comes out.
     *
     * @return height {@code (input height + 2·padding − window height) / stride + 1}, rounded down, width alike
     */
    public FeatureMap output() {
        return windows.output;
    }

    /**
     * Forward.
     *
     * @param x images
     * @param y the output, of as many samples, overwritten but for the margin
     * @throws IllegalArgumentException if a shape does not fit or y is x
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void forward(PanelMatrix x, PanelMatrix y) {
        windows.check("x", x, "y", y);
        Check.apart("y", y, "x", x);
        windows.x = x.segment();
        windows.y = y.segment();
        windows.run(forwardTask, x, y, null, null);
    }

    /**
     * The way back.
     *
     * @param dy gradient of the output
     * @param dx gradient of the input, of as many samples, overwritten but for the margin
     * @throws IllegalArgumentException if a shape does not fit or dx is dy
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void backward(PanelMatrix dy, PanelMatrix dx) {
        windows.check("dx", dx, "dy", dy);
        Check.apart("dx", dx, "dy", dy);
        windows.dy = dy.segment();
        windows.dx = dx.segment();
        windows.run(gradientTask, dx, dy, null, null);
    }

    @Override
    public String toString() {
        return "AveragePooling, " + windows;
    }
}
