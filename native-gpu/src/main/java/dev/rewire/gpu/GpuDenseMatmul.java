package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLASLT_MATMUL_DESC_TRANSA;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLASLT_MATMUL_DESC_TRANSB;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLAS_COMPUTE_32F;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLAS_COMPUTE_32F_FAST_TF32;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLAS_COMPUTE_32I;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLAS_OP_N;
import static dev.rewire.gpu.internal.binding.CublasConstants.CUBLAS_OP_T;
import static dev.rewire.gpu.internal.binding.CublasConstants.HEURISTIC_RESULT;

import dev.rewire.gpu.internal.binding.CublasLt;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The dense product {@code Y = X·Wᵀ} of the same types through cuBLASLt: what a sparse one has to beat. {@link #search} times what the library's
 * heuristic proposes, as many as asked for, and keeps the fastest; until then the first proposal is used.
 *
 * <p>TF32 rounds operands as the sparse product does. 8-bit integers give I32, or I8.
 */
public final class GpuDenseMatmul extends GpuObject {
    /** What NVIDIA recommends for compute capability 9.0 (cuBLAS, CUBLAS_WORKSPACE_CONFIG). */
    private static final long MAX_WORKSPACE = 32 << 20;

    private static final int MAX_CANDIDATES = 1024;
    private static final int WARM_UP = 2;

    private static final long WORKSPACE = HEURISTIC_RESULT.byteOffset(PathElement.groupElement("workspaceSize"));
    private static final long STATE = HEURISTIC_RESULT.byteOffset(PathElement.groupElement("state"));

    private final CublasLt library;
    private final GpuShape shape;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment one;
    private final MemorySegment zero;
    private final long matmul;
    private final long a;
    private final long b;
    private final long d;
    private final long preference;
    private MemorySegment algorithm;

    /**
     * An algorithm that was timed.
     *
     * @param rank its place in the heuristic's order, from 0
     * @param workspaceBytes that it needs
     * @param milliseconds of one product: the mean of those that were timed together
     */
    public record Trial(int rank, long workspaceBytes, float milliseconds) {}

    private GpuDenseMatmul(GpuContext context, GpuShape shape) {
        super(context);
        this.shape = shape;
        closing.add(arena::close);
        try {
            library = context.dense();
            boolean integers = shape.result() == DType.I32;
            one = integers
                    ? arena.allocateFrom(ValueLayout.JAVA_INT, 1)
                    : arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
            zero = arena.allocate(ValueLayout.JAVA_INT); // of either type
            int scale = Elements.cuda(integers ? DType.I32 : DType.F32);
            matmul = context.create(
                    library,
                    out -> library.cublasLtMatmulDescCreate(out, compute(), scale),
                    "cublasLtMatmulDescCreate");
            closing.add(() ->
                    context.release(library, library.cublasLtMatmulDescDestroy(matmul), "cublasLtMatmulDescDestroy"));
            transpose(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
            transpose(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N);
            // Row by row is what the library calls column-major, transposed.
            a = layout(shape.type().element(), shape.inputs(), shape.outputs());
            b = layout(shape.type().element(), shape.inputs(), shape.batch());
            d = layout(shape.result(), shape.outputs(), shape.batch());
            preference = preference();
            algorithm = propose(1).getFirst();
        } catch (RuntimeException e) {
            throw closing.after(e);
        }
    }

    /**
     * Prepares a product.
     *
     * @param context of the device
     * @param type of weights and samples
     * @param result of the products: of {@link GpuType#results}, and for I8 not F16 or BF16
     * @param outputs rows of W: a positive multiple of {@link GpuType#multiple}
     * @param inputs columns of W: a positive multiple of {@link GpuType#multiple}
     * @param batch samples, at least 1; computed up to the next multiple of {@link GpuMatrix#ROWS}, as the sparse product does
     * @return the product, which the caller closes
     * @throws IllegalArgumentException if an argument is not as described
     * @throws GpuUnavailableException if there is no cuBLASLt, with the reason
     * @throws GpuException if the library refuses
     */
    public static GpuDenseMatmul of(
            GpuContext context, GpuType type, DType result, int outputs, int inputs, int batch) {
        GpuShape shape = new GpuShape(type, result, outputs, inputs, batch, GpuEpilogue.NONE);
        if (type == GpuType.I8 && result != DType.I32 && result != DType.I8) {
            throw new IllegalArgumentException("result: cuBLASLt has no " + result + " of I8; accepted are [I32, I8]");
        }
        synchronized (context.lock) {
            return context.own(new GpuDenseMatmul(context, shape));
        }
    }

    /**
     * Puts {@code Y = X·Wᵀ} on a stream.
     *
     * @param w outputs × inputs of the type's elements
     * @param x batch × inputs of the type's elements
     * @param y batch × outputs of the result's type; overwritten
     * @param stream on which this runs
     * @throws IllegalArgumentException if an operand does not fit
     */
    public void multiply(GpuMatrix w, GpuMatrix x, GpuMatrix y, GpuStream stream) {
        enter();
        checkOperands(w, x, y, stream);
        synchronized (context.lock) {
            context.check(library, start(algorithm, w, x, y, stream), "cublasLtMatmul", shape);
        }
    }

    /**
     * Times what the heuristic proposes and keeps the fastest. Waits for the device.
     *
     * @param w outputs × inputs of the type's elements
     * @param x batch × inputs of the type's elements, with values as they are multiplied later
     * @param y batch × outputs of the result's type; overwritten
     * @param candidates how many proposals to ask for, 1 to 1024; the library may have fewer
     * @param repeats products timed together, at least 1
     * @param stream on which this runs
     * @return those that ran, the fastest first
     * @throws IllegalArgumentException if an argument is not as described
     */
    public List<Trial> search(GpuMatrix w, GpuMatrix x, GpuMatrix y, int candidates, int repeats, GpuStream stream) {
        enter();
        checkOperands(w, x, y, stream);
        checkRange("candidates", candidates, MAX_CANDIDATES);
        checkRange("repeats", repeats, Integer.MAX_VALUE);
        List<Trial> trials = new ArrayList<>();
        try (GpuEvent begin = GpuEvent.create(context);
                GpuEvent end = GpuEvent.create(context)) {
            synchronized (context.lock) {
                List<MemorySegment> proposals = propose(candidates);
                float best = Float.POSITIVE_INFINITY;
                for (int rank = 0; rank < proposals.size(); rank++) {
                    MemorySegment proposal = proposals.get(rank);
                    // A proposal that does not run is none: the heuristic promises little.
                    int status = 0;
                    for (int i = 0; i < WARM_UP && status == 0; i++) {
                        status = start(proposal, w, x, y, stream);
                    }
                    stream.synchronize();
                    if (status != 0) {
                        continue;
                    }
                    begin.record(stream);
                    for (int i = 0; i < repeats; i++) {
                        context.check(library, start(proposal, w, x, y, stream), "cublasLtMatmul", shape, rank);
                    }
                    end.record(stream);
                    end.synchronize();
                    float milliseconds = end.millisecondsSince(begin) / repeats;
                    trials.add(new Trial(rank, proposal.get(ValueLayout.JAVA_LONG, WORKSPACE), milliseconds));
                    if (milliseconds < best) {
                        best = milliseconds;
                        algorithm = proposal;
                    }
                }
            }
        }
        trials.sort(Comparator.comparingDouble(Trial::milliseconds));
        return List.copyOf(trials);
    }

    private int start(MemorySegment proposal, GpuMatrix w, GpuMatrix x, GpuMatrix y, GpuStream stream) {
        long bytes = proposal.get(ValueLayout.JAVA_LONG, WORKSPACE);
        return library.cublasLtMatmul(
                context.denseHandle(),
                matmul,
                one,
                w.buffer().address(),
                a,
                x.buffer().address(),
                b,
                zero,
                y.buffer().address(),
                d,
                y.buffer().address(),
                d,
                proposal,
                stream.workspace(bytes),
                bytes,
                stream.handle());
    }

    /** The heuristic's proposals, the best one first; at least one. */
    private List<MemorySegment> propose(int wanted) {
        MemorySegment results = arena.allocate(HEURISTIC_RESULT, wanted);
        int returned = context.createInt(
                library,
                out -> library.cublasLtMatmulAlgoGetHeuristic(
                        context.denseHandle(), matmul, a, b, d, d, preference, wanted, results, out),
                "cublasLtMatmulAlgoGetHeuristic",
                shape);
        List<MemorySegment> proposals = new ArrayList<>();
        for (int i = 0; i < returned; i++) {
            MemorySegment result = results.asSlice(i * HEURISTIC_RESULT.byteSize(), HEURISTIC_RESULT);
            if (result.get(ValueLayout.JAVA_INT, STATE) == 0) {
                proposals.add(result);
            }
        }
        if (proposals.isEmpty()) {
            throw new IllegalStateException(this + ": cuBLASLt proposes no algorithm for " + shape);
        }
        return proposals;
    }

    private int compute() {
        return switch (shape.type()) {
            case F16, BF16 -> CUBLAS_COMPUTE_32F;
            case TF32 -> CUBLAS_COMPUTE_32F_FAST_TF32;
            case I8 -> CUBLAS_COMPUTE_32I;
        };
    }

    private void transpose(int attribute, int operation) {
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_INT, operation);
        context.check(
                library,
                library.cublasLtMatmulDescSetAttribute(matmul, attribute, data, Integer.BYTES),
                "cublasLtMatmulDescSetAttribute",
                attribute,
                operation);
    }

    private long layout(DType type, long rows, long cols) {
        long layout = context.create(
                library,
                out -> library.cublasLtMatrixLayoutCreate(out, Elements.cuda(type), rows, cols, rows),
                "cublasLtMatrixLayoutCreate",
                rows + "×" + cols,
                type);
        closing.add(() ->
                context.release(library, library.cublasLtMatrixLayoutDestroy(layout), "cublasLtMatrixLayoutDestroy"));
        return layout;
    }

    private long preference() {
        long made = context.create(library, library::cublasLtMatmulPreferenceCreate, "cublasLtMatmulPreferenceCreate");
        closing.add(() -> context.release(
                library, library.cublasLtMatmulPreferenceDestroy(made), "cublasLtMatmulPreferenceDestroy"));
        MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_LONG, MAX_WORKSPACE);
        context.check(
                library,
                library.cublasLtMatmulPreferenceSetAttribute(
                        made, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, data, Long.BYTES),
                "cublasLtMatmulPreferenceSetAttribute",
                MAX_WORKSPACE);
        return made;
    }

    private void checkOperands(GpuMatrix w, GpuMatrix x, GpuMatrix y, GpuStream stream) {
        checkPeer("stream", stream);
        w.check("w", this, shape.type().element(), shape.outputs(), shape.inputs());
        x.checkBatch("x", this, shape.type().element(), shape.batch(), shape.inputs());
        y.checkBatch("y", this, shape.result(), shape.batch(), shape.outputs());
    }

    private static void checkRange(String argument, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(argument + ": " + value + " is out of range; accepted are 1 to " + most);
        }
    }

    @Override
    public String toString() {
        return "GpuDenseMatmul " + shape.outputs() + "×" + shape.inputs() + ", " + shape.type() + " to "
                + shape.result() + ", batch " + shape.batch();
    }
}
