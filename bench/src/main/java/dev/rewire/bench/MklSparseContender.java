package dev.rewire.bench;

import dev.rewire.bench.MklSparse.Dense;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * MKL's inspector-executor product of a sparse and a dense matrix. The sparse one stands left, so that forward is {@code Yᵀ = W·Xᵀ} and
 * backward to the input {@code dXᵀ = Wᵀ·dYᵀ}. For the latter Wᵀ is a sparse matrix of its own, since MKL's transposed operation is many
 * times slower; transposing it is not timed.
 *
 * <p>The dense operands may be row-major, which is the batch along the rows of Xᵀ, or column-major, which is our row-major X. Both are tried
 * before the measurement and the faster one takes part; transposing X is not timed either.
 */
final class MklSparseContender implements Contender {
    private static final int TRIALS = 5;

    private final KernelArena arena;
    private final MklSparse.Matrix matrix;
    private final Dense layout;
    private final DenseMatrix input;
    private final DenseMatrix result;
    private final int batch;

    private MklSparseContender(KernelArena arena, MklSparse mkl, SpmmProblem problem, Form form, Dense layout)
            throws UnavailableException {
        this.arena = arena;
        this.layout = layout;
        batch = problem.batch();
        boolean rows = layout == Dense.ROWS;
        input = rows ? Transposed.of(arena, problem.input()) : problem.input();
        result = DenseMatrix.allocate(arena, rows ? problem.width() : batch, rows ? batch : problem.width());
        // A product that reads what it should overwrite, or leaves something out, fails the check.
        for (int row = 0; row < result.rows(); row++) {
            for (int col = 0; col < result.cols(); col++) {
                result.set(row, col, Float.NaN);
            }
        }
        boolean transposed = problem.product() == Product.BACKWARD_INPUT;
        matrix = mkl.matrix(
                form.blocks
                        ? MklOperand.bsr(arena, problem.w(), transposed)
                        : MklOperand.csr(arena, problem.w(), transposed));
        if (form.optimized) {
            matrix.optimize(layout, batch);
        }
    }

    /** What of MKL is measured. */
    enum Form {
        CSR(false, true),
        BSR(true, true),
        CSR_PLAIN(false, false),
        BSR_PLAIN(true, false);

        private final boolean blocks;
        private final boolean optimized;

        Form(boolean blocks, boolean optimized) {
            this.blocks = blocks;
            this.optimized = optimized;
        }
    }

    /**
     * Prepares a product that passes {@link #check}.
     *
     * @throws UnavailableException if MKL refuses it
     */
    static MklSparseContender of(MklSparse mkl, SpmmProblem problem, Form form) throws UnavailableException {
        return of(mkl, problem, form, List.of(Dense.values()));
    }

    /** Prepares a product with dense operands in the fastest of some layouts. */
    static MklSparseContender of(MklSparse mkl, SpmmProblem problem, Form form, List<Dense> layouts)
            throws UnavailableException {
        MklSparseContender fastest = null;
        long least = Long.MAX_VALUE;
        for (Dense layout : layouts) {
            MklSparseContender candidate = prepare(mkl, problem, form, layout);
            long nanos = candidate.bestOfTrials();
            if (fastest == null || nanos < least) {
                closeIfAny(fastest);
                fastest = candidate;
                least = nanos;
            } else {
                candidate.close();
            }
        }
        return Objects.requireNonNull(fastest);
    }

    /** Bytes of the operands of both layouts, with as much again for what MKL converts a matrix to. */
    static long bytes(SpmmProblem problem) {
        long dense = (long) problem.batch() * (problem.inputs() + (long) problem.outputs()) * Float.BYTES;
        return 2 * (dense + 2 * problem.w().pattern().storedElements() * (Float.BYTES + Integer.BYTES));
    }

    /**
     * Refuses what no MKL computes.
     *
     * @throws UnavailableException with the reason
     */
    static void check(SpmmProblem problem, Form form) throws UnavailableException {
        BlockPattern pattern = problem.w().pattern();
        if (problem.product() == Product.BACKWARD_WEIGHT) {
            throw new UnavailableException("MKL has no SDDMM");
        }
        if (pattern.blocks() == 0) {
            throw new UnavailableException("MKL takes no matrix without elements");
        }
        if (pattern.storedElements() > Integer.MAX_VALUE - 8) {
            throw new UnavailableException(pattern.storedElements() + " elements are too many for 32-bit indices");
        }
        if (!form.blocks) {
            return;
        }
        String block = pattern.blockRows() + "x" + pattern.blockCols();
        if (pattern.blockRows() != pattern.blockCols()) {
            throw new UnavailableException("MKL's BSR has square blocks only, and these are " + block);
        }
        if (pattern.rows() % pattern.blockRows() != 0 || pattern.cols() % pattern.blockCols() != 0) {
            throw new UnavailableException("MKL's BSR has whole blocks only, and " + block + " do not divide "
                    + pattern.rows() + "×" + pattern.cols());
        }
    }

    private static MklSparseContender prepare(MklSparse mkl, SpmmProblem problem, Form form, Dense layout)
            throws UnavailableException {
        KernelArena arena = KernelArena.open();
        try {
            return new MklSparseContender(arena, mkl, problem, form, layout);
        } catch (UnavailableException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static void closeIfAny(@Nullable MklSparseContender contender) {
        if (contender != null) {
            contender.close();
        }
    }

    private long bestOfTrials() {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIALS; i++) {
            long start = System.nanoTime();
            run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Override
    public void run() {
        try {
            matrix.multiply(layout, input.segment(), batch, result.segment());
        } catch (UnavailableException e) {
            throw new IllegalStateException(e.reason(), e);
        }
    }

    @Override
    public float result(int row, int col) {
        return layout == Dense.ROWS ? result.get(col, row) : result.get(row, col);
    }

    @Override
    public void close() {
        matrix.close();
        arena.close();
    }
}
