package dev.rewire.kernels.panel;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.WorkerTask;

/**
 * The greatest value of each window and channel, exactly; a NaN in a window comes out of it. Padding is never the greatest. The gradient goes to the first of equal maxima, row by row, as PyTorch
 * has it, and nowhere from a NaN. What windows add to a place is added row by row, so bits do not depend on the workers. One thread at a time, and a pass allocates nothing.
 */
public final class MaxPooling {
    private final Windows windows;
    private final WorkerTask forwardTask;
    private final WorkerTask gradientTask;

    private MaxPooling(Windows windows) {
        this.windows = windows;
        Windows.Step max =
                (taps, count, at, floats) -> windows.kernels.max(windows.x, taps, count, windows.y, at, floats);
        Windows.Step gradient = (taps, count, at, floats) ->
                windows.kernels.maxGradient(windows.x, windows.dx, taps, count, windows.y, windows.dy, at, floats);
        forwardTask = (task, worker) -> windows.forEach(task, worker, max);
        gradientTask = (task, worker) -> {
            windows.clear(task);
            windows.forEach(task, worker, gradient);
        };
    }

    /**
     * Prepares pooling.
     *
     * @param input the images
     * @param height rows of a window, at least 1
     * @param width columns of a window, at least 1
     * @param stride rows and columns from one window to the next, at least 1
     * @param padding rows and columns that windows reach over the edge, at most half of a window; the input needs no margin for it
     * @param outputHalo margin of the output
     * @param workers who computes
     * @return the pooling
     * @throws IllegalArgumentException if a number is out of range
     */
    public static MaxPooling of(
            FeatureMap input, int height, int width, int stride, int padding, int outputHalo, Workers workers) {
        return new MaxPooling(new Windows(input, height, width, stride, padding, outputHalo, workers));
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
     * @param x what forward read
     * @param y what it put out
     * @param dy gradient of y
     * @param dx gradient of x, overwritten but for the margin
     * @throws IllegalArgumentException if a shape does not fit, or dx is another operand
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void backward(PanelMatrix x, PanelMatrix y, PanelMatrix dy, PanelMatrix dx) {
        windows.check("x", x, "y", y);
        Check.same("dy", dy, "y", y);
        Check.same("dx", dx, "x", x);
        Check.apart("dx", dx, "x", x);
        Check.apart("dx", dx, "y", y);
        Check.apart("dx", dx, "dy", dy);
        windows.x = x.segment();
        windows.y = y.segment();
        windows.dy = dy.segment();
        windows.dx = dx.segment();
        windows.run(gradientTask, x, y, dy, dx);
    }

    @Override
    public String toString() {
        return "MaxPooling, " + windows;
    }
}
