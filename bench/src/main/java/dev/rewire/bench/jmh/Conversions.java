package dev.rewire.bench.jmh;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Dense to block-sparse and back, and the building of patterns. */
public class Conversions extends Bench {
    /** Rows × columns of the matrix. */
    @Param("3072x768")
    public String shape;

    /** Rows × columns of a block. */
    @Param({"1x1", "16x16"})
    public String block;

    /** Share of the blocks that are not stored. */
    @Param("0.9")
    public double sparsity;

    private KernelArena arena;
    private DenseMatrix dense;
    private DenseMatrix target;
    private BlockSparseMatrix w;
    private BlockPattern pattern;
    private int[] offsets;
    private int[] cols;
    private SplittableRandom random;

    /** For JMH. */
    public Conversions() {}

    /** Converts back and forth, and checks that nothing is lost. */
    @Setup(Level.Trial)
    public void prepare() {
        arena = KernelArena.open();
        random = new SplittableRandom(1);
        pattern = Inputs.pattern(Size.parse(shape), Size.parse(block), sparsity, random);
        w = Inputs.sparse(arena, pattern, random);
        dense = DenseMatrix.allocate(arena, pattern.rows(), pattern.cols());
        w.toDense(dense);
        target = DenseMatrix.allocate(arena, pattern.rows(), pattern.cols());
        offsets = new int[pattern.gridRows() + 1];
        for (int row = 0; row < offsets.length; row++) {
            offsets[row] = pattern.rowOffset(row);
        }
        cols = new int[pattern.blocks()];
        for (int i = 0; i < cols.length; i++) {
            cols[i] = pattern.gridCol(i);
        }
        Agreement.equal("toDense", pattern.rows(), pattern.cols(), dense::get, w::get);
        check("fromDense", BlockSparseMatrix.fromDense(arena, dense, pattern.blockRows(), pattern.blockCols()));
        check("fromDense of a pattern", BlockSparseMatrix.fromDense(arena, dense, pattern));
        Agreement.that(patternOf().equals(pattern), "a pattern built from the index of another is not equal to it");
        Agreement.that(randomPattern().blocks() == pattern.blocks(), "the number of random blocks is another");
    }

    private void check(String what, BlockSparseMatrix matrix) {
        Agreement.equal(what, pattern.rows(), pattern.cols(), matrix::get, dense::get);
    }

    /** Frees the memory. */
    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    /**
     * Finds the blocks that hold a nonzero and copies them into new memory, which is freed.
     *
     * @return the pattern that was found
     */
    @Benchmark
    public BlockPattern fromDense() {
        try (KernelArena scratch = KernelArena.open()) {
            return BlockSparseMatrix.fromDense(scratch, dense, pattern.blockRows(), pattern.blockCols())
                    .pattern();
        }
    }

    /**
     * Copies the blocks of a pattern into new memory, which is freed.
     *
     * @return the pattern
     */
    @Benchmark
    public BlockPattern fromDenseWithPattern() {
        try (KernelArena scratch = KernelArena.open()) {
            return BlockSparseMatrix.fromDense(scratch, dense, pattern).pattern();
        }
    }

    /** Writes the whole matrix, zeros included. */
    @Benchmark
    public void toDense() {
        w.toDense(target);
    }

    /**
     * A pattern from its index, validated.
     *
     * @return the pattern
     */
    @Benchmark
    public BlockPattern patternOf() {
        return BlockPattern.of(pattern.rows(), pattern.cols(), pattern.blockRows(), pattern.blockCols(), offsets, cols);
    }

    /**
     * A random pattern.
     *
     * @return the pattern
     */
    @Benchmark
    public BlockPattern randomPattern() {
        return Inputs.pattern(Size.parse(shape), Size.parse(block), sparsity, random);
    }
}
