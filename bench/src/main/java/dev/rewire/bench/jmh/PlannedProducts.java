package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The three products in each layout, whatever the format of the weights. */
public abstract class PlannedProducts extends Bench {
    /** Which product. */
    @Param
    public Product product;

    /** Layout of the dense operands; all but panels include the packing. */
    @Param
    public Layout layout;

    /** Outputs × inputs. */
    @Param("3072x768")
    public String shape;

    /** Samples. */
    @Param("512")
    public int batch;

    /** Threads, the calling one included. */
    @Param("1")
    public int threads;

    private KernelArena arena;
    private Workers workers;
    private Runnable timed;

    /** For JMH. */
    protected PlannedProducts() {}

    /** What is multiplied. */
    abstract Operands operands(KernelArena owner);

    @Override
    int usedThreads() {
        return threads;
    }

    /** Plans the product in its layout and in row-major, and checks each against the other and the latter against the definition. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        workers = Workers.of(threads);
        Operands operands = operands(arena);
        PlannedProduct rowMajor = PlannedProduct.of(arena, operands, Layout.ROW_MAJOR, workers);
        PlannedProduct planned =
                layout == Layout.ROW_MAJOR ? rowMajor : PlannedProduct.of(arena, operands, layout, workers);
        rowMajor.run().run();
        planned.run().run();
        operands.check(product + " of row-major operands", rowMajor.result(), false);
        Agreement.equal(
                product + " of " + layout, operands.rows(), operands.cols(), planned.result(), rowMajor.result());
        timed = planned.run();
    }

    /** Ends the threads and frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        workers.close();
        arena.close();
    }

    /** One product. */
    @Benchmark
    public void multiply() {
        timed.run();
    }
}
