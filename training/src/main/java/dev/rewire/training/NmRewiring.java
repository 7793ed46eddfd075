package dev.rewire.training;

import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import dev.rewire.training.CounterRandom.Purpose;
import dev.rewire.training.Rewiring.Grow;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** The rewiring of an N:M layer: the weakest weights of the layer are dropped, and each group grows as many as it lost. */
final class NmRewiring extends LayerRewiring {
    private final int number;
    private final NmWeights weights;
    private final Rewiring rewiring;
    private final long seed;
    private final @Nullable DenseGradient denseGradient;

    /** As {@link LayerRewiring#of}. */
    NmRewiring(
            KernelArena arena,
            int number,
            Linear layer,
            NmWeights weights,
            Rewiring rewiring,
            long seed,
            Workers workers) {
        super(layer);
        this.number = number;
        this.weights = weights;
        this.rewiring = rewiring;
        this.seed = seed;
        LayerShape shape = layer.shape();
        denseGradient = rewiring.grow() == Grow.LARGEST_GRADIENT
                ? DenseGradient.prepare(
                        arena,
                        Cells.pattern(shape.out(), shape.in(), 1, 1, new int[0]),
                        layer.buffers().x().rows(),
                        workers)
                : null;
        if (denseGradient != null) {
            // Compiles its kernels, which is no cost of the first rewiring.
            denseGradient.run(layer.buffers().dy(), layer.buffers().x(), (row, scores) -> {});
        }
        layer.pattern().mark(explored());
    }

    @Override
    void apply(long step) {
        NmPattern old = weights.weights().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.elements()));
        if (count == 0) {
            return;
        }
        NmExchange exchange = new NmExchange(old, weakest(count), explored());
        if (denseGradient == null) {
            CounterRandom random = new CounterRandom(seed, number, step, Purpose.GROW);
            for (int row = 0; row < old.rows(); row++) {
                exchange.growRow(random);
            }
        } else {
            denseGradient.run(layer().buffers().dy(), layer().buffers().x(), (row, scores) -> exchange.growRow(scores));
        }
        weights.rewire(exchange.pattern());
    }

    /** The kept elements that are smallest in magnitude, ascending; of equal ones those that come first. */
    private int[] weakest(int count) {
        MemorySegment values = weights.weights().values();
        float[] magnitudes = values.toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = Math.abs(magnitudes[i]);
        }
        TopK smallest = TopK.smallest(count);
        smallest.offer(magnitudes, 0, magnitudes.length, 0);
        return smallest.indices();
    }
}
