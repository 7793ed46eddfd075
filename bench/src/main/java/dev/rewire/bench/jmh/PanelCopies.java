package dev.rewire.bench.jmh;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Row-major to panels and back. */
public class PanelCopies extends Bench {
    /** Samples. */
    @Param({"8", "512"})
    public int batch;

    /** Features of a sample. */
    @Param("768")
    public int features;

    /** Threads, the calling one included. */
    @Param("1")
    public int threads;

    private KernelArena arena;
    private Workers workers;
    private DenseMatrix source;
    private DenseMatrix target;
    private PanelMatrix panels;

    /** For JMH. */
    public PanelCopies() {}

    @Override
    int usedThreads() {
        return threads;
    }

    /** Packs and unpacks once, and checks that both kept every element. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        workers = Workers.of(threads);
        source = Inputs.dense(arena, batch, features, new SplittableRandom(1));
        target = DenseMatrix.allocate(arena, batch, features);
        panels = PlannedProduct.packed(arena, source, workers);
        panels.unpack(target, workers);
        Agreement.equal("packed", batch, features, panels::get, source::get);
        Agreement.equal("unpacked", batch, features, target::get, source::get);
    }

    /** Ends the threads and frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        workers.close();
        arena.close();
    }

    /** Row-major to panels. */
    @Benchmark
    public void pack() {
        panels.pack(source, workers);
    }

    /** Panels to row-major. */
    @Benchmark
    public void unpack() {
        panels.unpack(target, workers);
    }
}
