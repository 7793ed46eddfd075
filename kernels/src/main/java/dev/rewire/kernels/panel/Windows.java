package dev.rewire.kernels.panel;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.internal.WindowKernels;
import dev.rewire.kernels.internal.WorkerTask;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The walk of pooling over the windows of an image, some channels of a panel in each task: windows that overlap share no channel. */
final class Windows {
    /** Channels of a task: 2 KiB of a position with 64 lanes. */
    private static final int CHANNELS = 8;

    /** What is done with a window. */
    interface Step {
        void run(long[] taps, int count, long at, int floats);
    }

    final FeatureMap input;
    final FeatureMap output;
    final Workers workers;
    final WindowKernels kernels = Runs.RUNS.kernels().windows();
    final int height;
    final int width;
    private final int stride;
    private final int padding;
    private final long[][] taps;

    // What a pass runs on.
    MemorySegment x = MemorySegment.NULL;
    MemorySegment y = MemorySegment.NULL;
    MemorySegment dy = MemorySegment.NULL;
    MemorySegment dx = MemorySegment.NULL;
    private int lanes;
    private long inputStride;
    private long outputStride;

    Windows(FeatureMap input, int height, int width, int stride, int padding, int outputHalo, Workers workers) {
        Check.range("height", height, 1, input.height() + 2L * padding);
        Check.range("width", width, 1, input.width() + 2L * padding);
        Check.range("stride", stride, 1, Integer.MAX_VALUE);
        // As PyTorch has it: so each window holds a place of the image.
        Check.range("padding", padding, 0, Math.min(height, width) / 2);
        this.input = input;
        this.height = height;
        this.width = width;
        this.stride = stride;
        this.padding = padding;
        this.workers = workers;
        output = new FeatureMap(
                (input.height() + 2 * padding - height) / stride + 1,
                (input.width() + 2 * padding - width) / stride + 1,
                input.channels(),
                outputHalo);
        int most = Math.min(height, input.height()) * Math.min(width, input.width());
        taps = new long[workers.threads()][most];
    }

    /** Runs a task for some channels of each panel. */
    void run(
            WorkerTask task,
            PanelMatrix in,
            PanelMatrix out,
            @Nullable PanelMatrix third,
            @Nullable PanelMatrix fourth) {
        lanes = in.lanes();
        inputStride = in.panelStride();
        outputStride = out.panelStride();
        Runs.RUNS.run(workers, in.panels() * chunks(), task, in, out, third, fourth);
    }

    private int chunks() {
        return Math.ceilDiv(input.channels(), CHANNELS);
    }

    /** All windows of a task, row by row. */
    void forEach(int task, int worker, Step step) {
        int panel = task / chunks();
        int channel = task % chunks() * CHANNELS;
        int floats = Math.min(CHANNELS, input.channels() - channel) * lanes;
        for (int row = 0; row < output.height(); row++) {
            for (int col = 0; col < output.width(); col++) {
                int count = findTaps(row, col, channel, panel * inputStride, taps[worker]);
                long at = (panel * outputStride + (long) output.feature(row, col, channel) * lanes) * Float.BYTES;
                step.run(taps[worker], count, at, floats);
            }
        }
    }

    private int findTaps(int row, int col, int channel, long panelStart, long[] found) {
        int firstRow = Math.max(0, row * stride - padding);
        int endRow = Math.min(input.height(), row * stride - padding + height);
        int firstCol = Math.max(0, col * stride - padding);
        int endCol = Math.min(input.width(), col * stride - padding + width);
        int count = 0;
        for (int i = firstRow; i < endRow; i++) {
            for (int j = firstCol; j < endCol; j++) {
                found[count++] = (panelStart + (long) input.feature(i, j, channel) * lanes) * Float.BYTES;
            }
        }
        return count;
    }

    /** Sets the gradient of the image, without its margin, to zero in the channels of a task. */
    void clear(int task) {
        int panel = task / chunks();
        int channel = task % chunks() * CHANNELS;
        int floats = Math.min(CHANNELS, input.channels() - channel) * lanes;
        for (int row = 0; row < input.height(); row++) {
            for (int col = 0; col < input.width(); col++) {
                long feature = input.feature(row, col, channel);
                kernels.clear(dx, (panel * inputStride + feature * lanes) * Float.BYTES, floats);
            }
        }
    }

    /** Panels of images before and after pooling. */
    void check(String inputName, PanelMatrix in, String outputName, PanelMatrix out) {
        Check.images(inputName, in, input);
        Check.images(outputName, out, output);
        if (in.rows() != out.rows() || in.lanes() != out.lanes()) {
            Check.equal(outputName + ".rows", out.rows(), in.rows(), "samples of " + inputName);
            Check.equal(outputName + ".lanes", out.lanes(), in.lanes(), "lanes of " + inputName);
        }
    }

    @Override
    public String toString() {
        return height + "×" + width + " windows of " + input + " to " + output + ", stride " + stride + ", padding "
                + padding;
    }
}
