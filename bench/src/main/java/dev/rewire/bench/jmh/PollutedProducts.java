package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.Workers;
import java.time.Duration;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@link Products} in a JVM in which products of many other shapes ran through the same call sites first. A profile that has seen one shape
 * alone lets the JIT do what it cannot do in a program with layers of several shapes; both should be equally fast.
 */
public class PollutedProducts extends Products {
    private static final String[] BLOCKS = {"1x1", "4x1", "1x4", "4x4", "8x8", "8x32", "16x16", "32x32"};
    private static final int[] BATCHES = {3, 16, 40, 130};
    private static final String SHAPE = "136x200";
    private static final double SPARSITY = 0.7;

    /** How long each of the other products runs. */
    @Param("10")
    public int pollutionMillis;

    /** For JMH. */
    public PollutedProducts() {}

    /** Runs the other products. */
    @Setup(Level.Trial)
    public void pollute() {
        for (String other : BLOCKS) {
            for (int samples : BATCHES) {
                for (Product each : Product.values()) {
                    runFor(each, other, samples, Duration.ofMillis(pollutionMillis));
                }
            }
        }
    }

    private void runFor(Product each, String other, int samples, Duration time) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(threads)) {
            Operands operands = Operands.draw(arena, each, Size.parse(SHAPE), Size.parse(other), SPARSITY, samples);
            for (Layout one : Layout.values()) {
                PlannedProduct planned = PlannedProduct.of(arena, operands, one, workers);
                long end = System.nanoTime() + time.toNanos();
                do {
                    planned.run().run();
                } while (System.nanoTime() < end);
            }
        }
    }
}
