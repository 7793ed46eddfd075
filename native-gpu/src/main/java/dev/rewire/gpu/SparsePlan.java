package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_ACTIVATION_GELU;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_ACTIVATION_RELU;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_ALG_CONFIG_ID;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_ALG_DEFAULT;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_BIAS_POINTER;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_SEARCH_ITERATIONS;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_SPLIT_K;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_SPLIT_K_BUFFERS;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MATMUL_SPLIT_K_MODE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_OPERATION_NON_TRANSPOSE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_OPERATION_TRANSPOSE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_ORDER_COL;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_ORDER_ROW;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_STATUS_NOT_SUPPORTED;

import dev.rewire.gpu.internal.binding.CusparseLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * cuSPARSELt's objects for one shape. The sparse operand is A, W row by row; B is X row by row, transposed; D is Y row by row, which the library
 * calls column-major: both operands have the elements that are summed over next to each other, the one layout that every type accepts.
 *
 * <p>All of it is used with the context's lock held and the context current.
 */
final class SparsePlan {
    /** What all addresses are a multiple of; allocations of the driver are so by far. */
    static final int ALIGNMENT = 16;

    private static final long COUNTERS = 2 << 20;

    private final GpuContext context;
    private final CusparseLt library;
    private final Closing closing = new Closing();
    private final @Nullable GpuAlgorithm algorithm;
    private final MemorySegment plan;
    private final MemorySegment selection;
    private final MemorySegment scale;
    private final MemorySegment keep;
    private final MemorySegment streams;
    private final long workspaceBytes;
    private final long searchBytes;

    /**
     * Makes a plan.
     *
     * @param context of the device
     * @param shape what is multiplied
     * @param a descriptor of the sparse matrix, which outlives the plan
     * @param bias address of the bias, 0 for none
     * @param algorithm how to multiply, null for the library's first choice
     */
    SparsePlan(GpuContext context, GpuShape shape, MemorySegment a, long bias, @Nullable GpuAlgorithm algorithm) {
        this.context = context;
        this.algorithm = algorithm;
        library = context.sparse;
        // Sums of two parts of the inputs, as floats, and what counts them.
        searchBytes = 2L * shape.outputs() * shape.batch() * Float.BYTES + COUNTERS;
        try {
            Arena arena = Arena.ofShared();
            closing.add(arena::close);
            scale = arena.allocate(ValueLayout.JAVA_FLOAT);
            keep = arena.allocate(ValueLayout.JAVA_FLOAT);
            streams = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment matmul = matmul(shape, a, arena);
            epilogue(matmul, shape.epilogue(), bias);
            selection = selection(matmul, arena);
            if (algorithm != null) {
                choose(algorithm);
            }
            plan = plan(matmul, arena);
            workspaceBytes = context.create(
                    library,
                    out -> library.cusparseLtMatmulGetWorkspace(context.handle(), plan, out),
                    "cusparseLtMatmulGetWorkspace",
                    shape);
        } catch (RuntimeException e) {
            throw closing.after(e);
        }
    }

    /** A dense matrix; it is destroyed with the plan. */
    private MemorySegment dense(Arena arena, long rows, long cols, long ld, int type, int order) {
        MemorySegment matrix = GpuContext.struct(arena);
        context.check(
                library,
                library.cusparseLtDenseDescriptorInit(context.handle(), matrix, rows, cols, ld, ALIGNMENT, type, order),
                "cusparseLtDenseDescriptorInit",
                rows + "×" + cols,
                "ld " + ld,
                "type " + type);
        closing.add(() -> context.release(
                library, library.cusparseLtMatDescriptorDestroy(matrix), "cusparseLtMatDescriptorDestroy"));
        return matrix;
    }

    private MemorySegment matmul(GpuShape shape, MemorySegment a, Arena arena) {
        GpuType type = shape.type();
        MemorySegment b = dense(
                arena,
                shape.batch(),
                shape.inputs(),
                shape.inputs(),
                Elements.cuda(type.element()),
                CUSPARSE_ORDER_ROW);
        MemorySegment d = dense(
                arena,
                shape.outputs(),
                shape.batch(),
                shape.outputs(),
                Elements.cuda(shape.result()),
                CUSPARSE_ORDER_COL);
        // The one object that the library has no function to destroy.
        MemorySegment matmul = GpuContext.struct(arena);
        context.check(
                library,
                library.cusparseLtMatmulDescriptorInit(
                        context.handle(),
                        matmul,
                        CUSPARSE_OPERATION_NON_TRANSPOSE,
                        CUSPARSE_OPERATION_TRANSPOSE,
                        a,
                        b,
                        d,
                        d,
                        type.compute()),
                "cusparseLtMatmulDescriptorInit",
                shape);
        return matmul;
    }

    private void epilogue(MemorySegment matmul, GpuEpilogue epilogue, long bias) {
        switch (epilogue.activation()) {
            case NONE -> {}
            case RELU -> set(matmul, CUSPARSELT_MATMUL_ACTIVATION_RELU, 1);
            case GELU -> set(matmul, CUSPARSELT_MATMUL_ACTIVATION_GELU, 1);
        }
        if (epilogue.bias()) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment pointer = arena.allocateFrom(ValueLayout.JAVA_LONG, bias);
                context.check(
                        library,
                        library.cusparseLtMatmulDescSetAttribute(
                                context.handle(), matmul, CUSPARSELT_MATMUL_BIAS_POINTER, pointer, Long.BYTES),
                        "cusparseLtMatmulDescSetAttribute",
                        "BIAS_POINTER");
            }
        }
    }

    private void set(MemorySegment matmul, int attribute, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            context.check(
                    library,
                    library.cusparseLtMatmulDescSetAttribute(context.handle(), matmul, attribute, data, Integer.BYTES),
                    "cusparseLtMatmulDescSetAttribute",
                    attribute,
                    value);
        }
    }

    private MemorySegment selection(MemorySegment matmul, Arena arena) {
        MemorySegment made = GpuContext.struct(arena);
        context.check(
                library,
                library.cusparseLtMatmulAlgSelectionInit(context.handle(), made, matmul, CUSPARSELT_MATMUL_ALG_DEFAULT),
                "cusparseLtMatmulAlgSelectionInit");
        closing.add(() -> context.release(
                library, library.cusparseLtMatmulAlgSelectionDestroy(made), "cusparseLtMatmulAlgSelectionDestroy"));
        return made;
    }

    private MemorySegment plan(MemorySegment matmul, Arena arena) {
        MemorySegment made = GpuContext.struct(arena);
        context.check(
                library,
                library.cusparseLtMatmulPlanInit(context.handle(), made, matmul, selection),
                "cusparseLtMatmulPlanInit");
        closing.add(() ->
                context.release(library, library.cusparseLtMatmulPlanDestroy(made), "cusparseLtMatmulPlanDestroy"));
        return made;
    }

    /** What is so by default is not set: some values that the library returns it does not take. */
    private void choose(GpuAlgorithm chosen) {
        select(CUSPARSELT_MATMUL_ALG_CONFIG_ID, chosen.configId());
        if (chosen.splitK() != 1) {
            select(CUSPARSELT_MATMUL_SPLIT_K, chosen.splitK());
            if (chosen.splitKMode() != 0) {
                select(CUSPARSELT_MATMUL_SPLIT_K_MODE, chosen.splitKMode());
            }
            if (chosen.splitKBuffers() != 0) {
                select(CUSPARSELT_MATMUL_SPLIT_K_BUFFERS, chosen.splitKBuffers());
            }
        }
    }

    private void select(int attribute, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            context.check(
                    library,
                    library.cusparseLtMatmulAlgSetAttribute(
                            context.handle(), selection, attribute, data, Integer.BYTES),
                    "cusparseLtMatmulAlgSetAttribute",
                    attribute,
                    value);
        }
    }

    /** What the library does not tell is as by default. */
    private int selected(int attribute, int otherwise) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(ValueLayout.JAVA_INT);
            int status = library.cusparseLtMatmulAlgGetAttribute(
                    context.handle(), selection, attribute, data, Integer.BYTES);
            if (status == CUSPARSE_STATUS_NOT_SUPPORTED) {
                return otherwise;
            }
            context.check(library, status, "cusparseLtMatmulAlgGetAttribute", attribute);
            return data.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** How this plan multiplies, null for the library's first choice. */
    @Nullable
    GpuAlgorithm algorithm() {
        return algorithm;
    }

    /** Puts D = alpha·A·B + beta·D on a stream. */
    void multiply(float alpha, long a, long b, float beta, long d, GpuStream stream) {
        prepare(alpha, beta, stream);
        context.check(
                library,
                library.cusparseLtMatmul(
                        context.handle(), plan, scale, a, b, keep, d, d, stream.workspace(workspaceBytes), streams, 1),
                "cusparseLtMatmul",
                stream);
    }

    /** Tries all that the library has, and overwrites D. Some of that needs more room than the plan says, which is for the first choice. */
    GpuAlgorithm search(int iterations, long a, long b, long d, GpuStream stream) {
        select(CUSPARSELT_MATMUL_SEARCH_ITERATIONS, iterations);
        prepare(1, 0, stream);
        long workspace = stream.workspace(Math.max(workspaceBytes, searchBytes));
        context.check(
                library,
                library.cusparseLtMatmulSearch(context.handle(), plan, scale, a, b, keep, d, d, workspace, streams, 1),
                "cusparseLtMatmulSearch",
                stream);
        return selected();
    }

    /** What the plan's selection says: the library's first choice, or what a search has found. */
    GpuAlgorithm selected() {
        return new GpuAlgorithm(
                selected(CUSPARSELT_MATMUL_ALG_CONFIG_ID, 0),
                selected(CUSPARSELT_MATMUL_SPLIT_K, 1),
                selected(CUSPARSELT_MATMUL_SPLIT_K_MODE, 0),
                selected(CUSPARSELT_MATMUL_SPLIT_K_BUFFERS, 0));
    }

    private void prepare(float alpha, float beta, GpuStream stream) {
        scale.set(ValueLayout.JAVA_FLOAT, 0, alpha);
        keep.set(ValueLayout.JAVA_FLOAT, 0, beta);
        streams.set(ValueLayout.JAVA_LONG, 0, stream.handle());
    }

    void close() {
        closing.run();
    }
}
