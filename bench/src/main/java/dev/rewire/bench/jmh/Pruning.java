package dev.rewire.bench.jmh;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.prune.BlockPruning;
import dev.rewire.kernels.prune.NmPruning;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Patterns chosen by magnitude from a dense matrix: what SR-STE does in every step. */
public class Pruning extends Bench {
    /** Rows × columns; 4 divides both. */
    @Param("1024x1024")
    public String shape;

    private KernelArena arena;
    private DenseMatrix dense;
    private NmPattern best;
    private SemiStructuredMatrix w;

    /** For JMH. */
    public Pruning() {}

    /** Draws the matrix, and checks that masks are what they are called, and that those which allow less keep no more. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        Size size = Size.parse(shape);
        dense = Inputs.dense(arena, size.rows(), size.cols(), new SplittableRandom(1));
        best = magnitude();
        w = SemiStructuredMatrix.fromDense(arena, dense, best, ValueType.F32);
        NmPattern shared = shared();
        NmPattern transposable = transposable();
        Agreement.that(shared.sharedRows() >= 4, "rows keep other places than those that they share them with");
        Agreement.that(transposable.isTransposable(), "a transposable mask is not");
        double most = kept(best);
        Agreement.that(
                kept(transposable) <= most && kept(shared) <= most,
                "a restricted 2:4 mask keeps more than the unrestricted one");
    }

    private double kept(NmPattern pattern) {
        double sum = 0;
        for (int row = 0; row < pattern.rows(); row++) {
            for (int col = 0; col < pattern.cols(); col++) {
                sum += pattern.find(row, col) < 0 ? 0 : Math.abs(dense.get(row, col));
            }
        }
        return sum;
    }

    /** Frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    /**
     * The two largest of each four.
     *
     * @return the pattern
     */
    @Benchmark
    public NmPattern magnitude() {
        return NmPruning.magnitude(dense, 2, 4);
    }

    /**
     * The same for four rows together.
     *
     * @return the pattern
     */
    @Benchmark
    public NmPattern shared() {
        return NmPruning.shared(dense, 2, 4, 4);
    }

    /**
     * The best mask of each 4×4 that is 2:4 along rows and columns.
     *
     * @return the pattern
     */
    @Benchmark
    public NmPattern transposable() {
        return NmPruning.transposable(dense, 2, 4);
    }

    /** Takes a 2:4 pattern and the values of its places, which follows the choice of a pattern. */
    @Benchmark
    public void assign() {
        w.assign(dense, best);
    }

    /**
     * A tenth of the 4×4 blocks.
     *
     * @return the pattern
     */
    @Benchmark
    public BlockPattern blocks() {
        return BlockPruning.magnitude(dense, 4, 4, dense.rows() / 4 * (dense.cols() / 4) / 10);
    }
}
