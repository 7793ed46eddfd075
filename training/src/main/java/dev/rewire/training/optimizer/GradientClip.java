package dev.rewire.training.optimizer;

import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.setting.InvalidConfigException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Clipping of the gradient by its norm: where the L2 norm of the gradient of all parameters together is larger than a bound, all of it is scaled down to the bound. Source: Pascanu et
 * al., "On the difficulty of training recurrent neural networks", 2013, algorithm 1. The norm is summed up in double precision and in an order that does not depend on the number
 * of workers. Of sparse weights only those that are stored have a gradient.
 */
public final class GradientClip {
    private static final int CHUNK = 1 << 14;

    private final double bound;
    private final List<NamedParameter> parameters;
    private final Workers workers;

    // A slice of a gradient for each task.
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final List<MemorySegment> gradients = new ArrayList<>();
    private double[] sums = new double[0];
    private double norm;
    private float factor;

    private final IntConsumer squaresTask = this::takeSquares;
    private final IntConsumer scaleTask = this::scaleChunk;

    /**
     * Prepares to clip.
     *
     * @param bound largest norm, above 0
     * @param parameters of the network
     * @param workers who computes
     * @throws InvalidConfigException if a gradient is never in one piece, as those of SR-STE
     */
    public GradientClip(double bound, List<NamedParameter> parameters, Workers workers) {
        this.bound = bound;
        this.parameters = parameters;
        this.workers = workers;
        for (NamedParameter parameter : parameters) {
            if (parameter.parameter().gradientMemory() == null) {
                throw new InvalidConfigException(
                        "--clip",
                        bound,
                        "cannot be had of " + parameter.name() + ", whose gradient is never in one piece",
                        "0 with --method sr-ste");
            }
        }
    }

    /** Scales the gradients that a backward pass has left down to the bound, if their norm is larger. A norm that is no finite number is left alone: such a run diverges. */
    public void clip() {
        slice();
        workers.forEach(sums.length, squaresTask);
        double squares = 0;
        for (double sum : sums) {
            squares += sum;
        }
        norm = Math.sqrt(squares);
        if (norm > bound && norm < Double.POSITIVE_INFINITY) {
            factor = (float) (bound / norm);
            workers.forEach(sums.length, scaleTask);
        }
    }

    private void takeSquares(int chunk) {
        sums[chunk] = squares(chunks.get(chunk));
    }

    private void scaleChunk(int chunk) {
        scale(chunks.get(chunk), factor);
    }

    /** {@return the norm of the gradients before they were last clipped} */
    public double norm() {
        return norm;
    }

    /** Gradients lie where they lay, unless somebody moved them. */
    private void slice() {
        boolean same = gradients.size() == parameters.size();
        for (int p = 0; same && p < parameters.size(); p++) {
            MemorySegment now = parameters.get(p).parameter().gradientMemory();
            MemorySegment before = gradients.get(p);
            same = now != null && now.address() == before.address() && now.byteSize() == before.byteSize();
        }
        if (same) {
            return;
        }
        gradients.clear();
        chunks.clear();
        long bytes = (long) CHUNK * Float.BYTES;
        for (NamedParameter parameter : parameters) {
            MemorySegment gradient = parameter.parameter().gradientMemory();
            if (gradient != null) {
                gradients.add(gradient);
                for (long from = 0; from < gradient.byteSize(); from += bytes) {
                    chunks.add(gradient.asSlice(from, Math.min(bytes, gradient.byteSize() - from)));
                }
            }
        }
        sums = new double[chunks.size()];
    }

    /** In four sums, which do not wait for each other. */
    private static double squares(MemorySegment floats) {
        long count = floats.byteSize() / Float.BYTES;
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        long i = 0;
        for (; i + 4 <= count; i += 4) {
            double first = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            double second = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i + 1);
            double third = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i + 2);
            double fourth = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i + 3);
            a += first * first;
            b += second * second;
            c += third * third;
            d += fourth * fourth;
        }
        for (; i < count; i++) {
            double last = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            a += last * last;
        }
        return a + b + (c + d);
    }

    private static void scale(MemorySegment floats, float factor) {
        long count = floats.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, floats.getAtIndex(ValueLayout.JAVA_FLOAT, i) * factor);
        }
    }
}
