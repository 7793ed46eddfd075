package dev.rewire.bench.jmh;

import dev.rewire.bench.Product;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.Workers;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What comes before products: making a plan, and what each rewiring costs. */
public class Planning extends Bench {
    private static final double MOVED = 0.3;

    /** Of which product. */
    @Param
    public Product product;

    /** Outputs × inputs. */
    @Param("3072x768")
    public String shape;

    /** Rows × columns of a block. */
    @Param({"1x1", "16x16"})
    public String block;

    /** Share of the blocks that are not stored. */
    @Param("0.9")
    public double sparsity;

    /** Samples. */
    @Param("512")
    public int batch;

    private KernelArena arena;
    private Workers workers;
    private DenseMatrix original;
    private BlockSparseMatrix w;
    private BlockPattern here;
    private BlockPattern there;
    private Runnable replan;
    private boolean moved;

    /** For JMH. */
    public Planning() {}

    /** Rewires there and back, and checks that what both patterns store kept its values. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        workers = Workers.of(1);
        SplittableRandom random = new SplittableRandom(1);
        here = Inputs.pattern(Size.parse(shape), Size.parse(block), sparsity, random);
        w = Inputs.sparse(arena, here, random);
        original = DenseMatrix.allocate(arena, here.rows(), here.cols());
        w.toDense(original);
        there = Inputs.moved(here, MOVED, new SplittableRandom(2));
        Agreement.that(sparsity == 0 || !there.equals(here), "the rewiring moves no block");
        replan = replanning(arena);
        rewireAndReplan();
        Agreement.equal("rewired", here.rows(), here.cols(), w::get, this::kept);
        rewireAndReplan();
        Agreement.that(w.pattern().equals(here), "the second rewiring leads back");
        Agreement.equal("rewired back", here.rows(), here.cols(), w::get, this::kept);
    }

    private double kept(int row, int col) {
        boolean both = there.find(row / there.blockRows(), col / there.blockCols()) >= 0;
        return both ? original.get(row, col) : 0;
    }

    private Runnable replanning(KernelArena scratch) {
        if (product == Product.BACKWARD_WEIGHT) {
            return Product.sddmm(scratch, w, batch, Layout.ROW_MAJOR, workers, PlanChoice.STORED)::replan;
        }
        return product.spmm(scratch, w, batch, Layout.ROW_MAJOR, workers, PlanChoice.STORED)::replan;
    }

    /** Ends the threads and frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        workers.close();
        arena.close();
    }

    /**
     * A new plan, with an arena for its scratch, which is freed.
     *
     * @return of the plan
     */
    @Benchmark
    public Runnable plan() {
        try (KernelArena scratch = KernelArena.open()) {
            return replanning(scratch);
        }
    }

    /** The plan made anew for the pattern that the weights have. */
    @Benchmark
    public void replan() {
        replan.run();
    }

    /** Three blocks of ten go elsewhere, values move along. */
    @Benchmark
    public void rewire() {
        moved = !moved;
        w.rewire(moved ? there : here);
    }

    /** The same, and the plan made anew. */
    @Benchmark
    public void rewireAndReplan() {
        rewire();
        replan.run();
    }
}
