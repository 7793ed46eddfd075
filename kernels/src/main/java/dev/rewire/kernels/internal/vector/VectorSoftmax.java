package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.RawMemory.LANES;

import dev.rewire.kernels.internal.SoftmaxKernels;
import java.lang.foreign.MemorySegment;

/** Softmax by generated tiles, a vector of lanes after the other. */
final class VectorSoftmax implements SoftmaxKernels {
    /** Made where they are asked for: few programs attend. */
    private static final class Tiles {
        static final WatchedTile<SoftmaxTile> FORWARD = SoftmaxTile.generate();
        static final WatchedTile<SoftmaxGradientTile> BACKWARD = SoftmaxGradientTile.generate();
    }

    @Override
    public void forward(MemorySegment scores, int lanes, int samples, int keys, int seen, float scale) {
        WatchedTile<SoftmaxTile> tile = Tiles.FORWARD;
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < samples; lane += LANES) {
            long column = scores.address() + (long) lane * Float.BYTES;
            int end = end(keys, seen, lane);
            long start = tile.start();
            tile.tile()
                    .run(
                            column,
                            stride,
                            column + Math.min(seen + lane, end) * stride,
                            column + end * stride,
                            column + keys * stride,
                            scale);
            if (start != WatchedTile.UNTIMED) {
                tile.end(start, (long) keys * SoftmaxTile.OPERATIONS);
            }
        }
    }

    @Override
    public void backward(
            MemorySegment weights, MemorySegment gradients, int lanes, int samples, int keys, int seen, float scale) {
        WatchedTile<SoftmaxGradientTile> tile = Tiles.BACKWARD;
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < samples; lane += LANES) {
            long column = weights.address() + (long) lane * Float.BYTES;
            long start = tile.start();
            tile.tile()
                    .run(
                            column,
                            gradients.address() + (long) lane * Float.BYTES,
                            stride,
                            column + end(keys, seen, lane) * stride,
                            column + keys * stride,
                            scale);
            if (start != WatchedTile.UNTIMED) {
                tile.end(start, (long) keys * SoftmaxGradientTile.OPERATIONS);
            }
        }
    }

    /** Behind the last key that a lane of a vector sees. */
    private static int end(int keys, int seen, int firstLane) {
        return Math.min(keys, seen + firstLane + LANES - 1);
    }
}
