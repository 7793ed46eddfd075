package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.vector.RawMemory.LANES;
import static dev.rewire.kernels.internal.vector.RawMemory.ORDER;
import static dev.rewire.kernels.internal.vector.RawMemory.SPECIES;

import dev.rewire.kernels.internal.SoftmaxKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Softmax, a vector of lanes after the other, through checked access. Each pass over the keys is a method of its own; what one tells the next goes through
 * memory behind the last key, since a vector that a method returns may become an object.
 *
 * <p>Of keys that some lanes of a vector see and others do not there are fewer than it has lanes. Their hidden scores become −∞, the weight of which is 0, so that no pass but
 * the first knows of them; keys that none sees are left out.
 */
final class VectorSoftmax implements SoftmaxKernels {
    private static final FloatVector LANE = FloatVector.broadcast(SPECIES, 0).addIndex(1);

    @Override
    public void forward(MemorySegment scores, int lanes, int samples, int keys, int seen, float scale) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < samples; lane += LANES) {
            long column = (long) lane * Float.BYTES;
            int end = Math.min(keys, seen + lane + LANES - 1);
            hide(scores, column, stride, seen + lane, end);
            long result = column + keys * stride;
            largest(scores, column, stride, end, result);
            exp(scores, column, stride, end, result, scale);
            divide(scores, column, stride, end, result);
            clear(scores, column, stride, end, keys);
        }
    }

    /** Lane i of the vector sees {@code first + i} keys. */
    private static void hide(MemorySegment scores, long column, long stride, int first, int end) {
        for (int key = first; key < end; key++) {
            long offset = column + key * stride;
            VectorMask<Float> hidden = LANE.lt(key - first + 1f);
            load(scores, offset).blend(Float.NEGATIVE_INFINITY, hidden).intoMemorySegment(scores, offset, ORDER);
        }
    }

    /** In two chains, whose order does not matter. A NaN may be passed over here: its own weight shows it, and with the sum all others of the lane. */
    private static void largest(MemorySegment scores, long column, long stride, int end, long result) {
        FloatVector even = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector odd = even;
        int key = 0;
        for (; key + 1 < end; key += 2) {
            even = larger(even, load(scores, column + key * stride));
            odd = larger(odd, load(scores, column + (key + 1) * stride));
        }
        if (key < end) {
            even = larger(even, load(scores, column + key * stride));
        }
        larger(even, Exact.floats(SPECIES, odd)).intoMemorySegment(scores, result, ORDER);
    }

    private static FloatVector larger(FloatVector a, FloatVector b) {
        FloatVector exact = Exact.floats(SPECIES, a);
        return exact.blend(b, exact.lt(b));
    }

    /** The largest score is replaced by the sum. */
    private static void exp(MemorySegment scores, long column, long stride, int end, long result, float scale) {
        FloatVector largest = load(scores, result);
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int key = 0; key < end; key++) {
            long offset = column + key * stride;
            FloatVector v = load(scores, offset).sub(largest).mul(scale);
            FloatVector e = VectorActivation.expOfNegative(v);
            sum = Exact.floats(SPECIES, sum).add(e);
            e.intoMemorySegment(scores, offset, ORDER);
        }
        sum.intoMemorySegment(scores, result, ORDER);
    }

    private static void divide(MemorySegment scores, long column, long stride, int end, long result) {
        FloatVector one = Exact.floats(SPECIES, FloatVector.broadcast(SPECIES, 1));
        FloatVector inverse = one.div(load(scores, result));
        for (int key = 0; key < end; key++) {
            long offset = column + key * stride;
            load(scores, offset).mul(inverse).intoMemorySegment(scores, offset, ORDER);
        }
    }

    private static void clear(MemorySegment scores, long column, long stride, int from, int to) {
        for (int key = from; key < to; key++) {
            FloatVector.zero(SPECIES).intoMemorySegment(scores, column + key * stride, ORDER);
        }
    }

    @Override
    public void backward(
            MemorySegment weights, MemorySegment gradients, int lanes, int samples, int keys, int seen, float scale) {
        long stride = (long) lanes * Float.BYTES;
        for (int lane = 0; lane < samples; lane += LANES) {
            long column = (long) lane * Float.BYTES;
            long result = column + keys * stride;
            int end = Math.min(keys, seen + lane + LANES - 1);
            sum(weights, gradients, column, stride, end, result);
            differences(weights, gradients, column, stride, end, result, scale);
            clear(gradients, column, stride, end, keys);
        }
    }

    private static void sum(
            MemorySegment weights, MemorySegment gradients, long column, long stride, int end, long result) {
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int key = 0;
        for (; key + CHAINS <= end; key += CHAINS) {
            long offset = column + key * stride;
            sum0 = Exact.floats(SPECIES, sum0).add(product(weights, gradients, offset));
            sum1 = Exact.floats(SPECIES, sum1).add(product(weights, gradients, offset + stride));
            sum2 = Exact.floats(SPECIES, sum2).add(product(weights, gradients, offset + 2 * stride));
            sum3 = Exact.floats(SPECIES, sum3).add(product(weights, gradients, offset + 3 * stride));
        }
        long offset = column + key * stride;
        if (key < end) {
            sum0 = Exact.floats(SPECIES, sum0).add(product(weights, gradients, offset));
        }
        if (key + 1 < end) {
            sum1 = Exact.floats(SPECIES, sum1).add(product(weights, gradients, offset + stride));
        }
        if (key + 2 < end) {
            sum2 = Exact.floats(SPECIES, sum2).add(product(weights, gradients, offset + 2 * stride));
        }
        FloatVector first = Exact.floats(SPECIES, sum0).add(Exact.floats(SPECIES, sum1));
        FloatVector second = Exact.floats(SPECIES, sum2).add(Exact.floats(SPECIES, sum3));
        first.add(second).intoMemorySegment(gradients, result, ORDER);
    }

    private static FloatVector product(MemorySegment weights, MemorySegment gradients, long offset) {
        return load(weights, offset).mul(load(gradients, offset));
    }

    private static void differences(
            MemorySegment weights,
            MemorySegment gradients,
            long column,
            long stride,
            int end,
            long result,
            float scale) {
        FloatVector mean = load(gradients, result);
        for (int key = 0; key < end; key++) {
            long offset = column + key * stride;
            load(weights, offset)
                    .mul(load(gradients, offset).sub(mean))
                    .mul(scale)
                    .intoMemorySegment(gradients, offset, ORDER);
        }
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return Exact.floats(SPECIES, FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER));
    }
}
