package dev.rewire.bench.jmh;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SddmmPlan;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.Workers;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The three products with 2:4 weights, of panels. */
public class NmProducts extends Bench {
    /** Outputs × inputs; 4 divides the inputs. */
    @Param("3072x768")
    public String shape;

    /** Outputs that keep the same places. */
    @Param({"1", "4"})
    public int shared;

    /** Samples. */
    @Param("512")
    public int batch;

    /** Threads, the calling one included. */
    @Param("1")
    public int threads;

    private KernelArena arena;
    private Workers workers;
    private SpmmPlan forwardPlan;
    private SpmmPlan backwardPlan;
    private SddmmPlan gradientPlan;
    private PanelMatrix x;
    private PanelMatrix y;
    private PanelMatrix dx;

    /** For JMH. */
    public NmProducts() {}

    @Override
    int usedThreads() {
        return threads;
    }

    /** Plans the products, and checks forward against the definition. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        workers = Workers.of(threads);
        SplittableRandom random = new SplittableRandom(1);
        Size size = Size.parse(shape);
        NmPattern pattern = NmPattern.random(size.rows(), size.cols(), 2, 4, shared, random);
        DenseMatrix weights = Inputs.dense(arena, size.rows(), size.cols(), random);
        SemiStructuredMatrix w = SemiStructuredMatrix.fromDense(arena, weights, pattern, ValueType.F32);
        SemiStructuredMatrix dw = SemiStructuredMatrix.allocate(arena, pattern);
        DenseMatrix samples = Inputs.dense(arena, batch, size.cols(), random);
        x = PlannedProduct.packed(arena, samples, workers);
        y = PanelMatrix.allocate(arena, batch, size.rows());
        dx = PanelMatrix.allocate(arena, batch, size.cols());
        forwardPlan = SpmmPlan.forward(arena, w, batch, Layout.PANELS, Epilogue.NONE, workers);
        backwardPlan = SpmmPlan.backwardInput(arena, w, batch, Layout.PANELS, Epilogue.NONE, workers);
        gradientPlan = SddmmPlan.backwardWeight(arena, dw, batch, Layout.PANELS, false, workers);
        forward();
        Agreement.equalSomeRows("forward", batch, size.rows(), 8, y::get, (row, col) -> {
            double sum = 0;
            for (int i = 0; i < size.cols(); i++) {
                sum += (double) w.get(col, i) * samples.get(row, i);
            }
            return sum;
        });
    }

    /** Ends the threads and frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        workers.close();
        arena.close();
    }

    /** {@code Y = X·Wᵀ}. */
    @Benchmark
    public void forward() {
        forwardPlan.run(x, y);
    }

    /** {@code dX = dY·W}, with W as CSR. */
    @Benchmark
    public void backwardInput() {
        backwardPlan.run(y, dx);
    }

    /** {@code dW = pattern ⊙ (dYᵀ·X)}. */
    @Benchmark
    public void backwardWeight() {
        gradientPlan.run(y, x);
    }
}
