package dev.rewire.bench.jmh;

import dev.rewire.bench.OpenBlasBackend;
import dev.rewire.bench.Product;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The baseline: the same products of dense matrices, by OpenBLAS. Where there is none, JMH reports why and goes on. */
public class DenseProducts extends Bench {
    /** Which product. */
    @Param
    public Product product;

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
    private Runnable timed;

    /** For JMH. */
    public DenseProducts() {}

    @Override
    int usedThreads() {
        return threads;
    }

    /**
     * Finds OpenBLAS and checks its result against the definition.
     *
     * @throws SkippedException if there is no OpenBLAS
     */
    @Setup(Level.Trial)
    public void prepare() {
        OpenBlasBackend blas = new OpenBlasBackend();
        Optional<String> reason = blas.unavailable();
        if (reason.isPresent()) {
            throw new SkippedException("skipped, no OpenBLAS: " + reason.get());
        }
        blas.setThreads(threads);
        arena = KernelArena.open();
        Operands operands = Operands.draw(arena, product, Size.parse(shape), new Size(1, 1), 0, batch);
        DenseMatrix result = DenseMatrix.allocate(arena, operands.rows(), operands.cols());
        timed = () -> multiply(blas, operands, result);
        timed.run();
        operands.check("OpenBLAS' " + product, result::get, true);
    }

    private static void multiply(OpenBlasBackend blas, Operands operands, DenseMatrix result) {
        boolean weights = operands.product() == Product.BACKWARD_WEIGHT;
        DenseMatrix a = weights ? operands.dy() : operands.input();
        DenseMatrix b = weights ? operands.x() : operands.denseW();
        blas.sgemm(
                weights,
                operands.product() == Product.FORWARD,
                operands.rows(),
                operands.cols(),
                weights ? a.rows() : a.cols(),
                a.segment(),
                a.cols(),
                b.segment(),
                b.cols(),
                0,
                result.segment(),
                result.cols());
    }

    /** Frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    /** One product. */
    @Benchmark
    public void multiply() {
        timed.run();
    }
}
