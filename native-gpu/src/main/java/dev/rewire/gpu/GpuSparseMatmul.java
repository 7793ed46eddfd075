package dev.rewire.gpu;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer's product on sparse tensor cores: {@code Y = X·Wᵀ} with W outputs × inputs and 2:4 along the inputs (1:2 for {@link GpuType#TF32}), X
 * batch × inputs and Y batch × outputs, both row-major.
 *
 * <p>Weights are given by {@link #assign}, or pruned, checked and compressed on the device; they can be replaced at any time, without a new plan.
 * A plan is made when a batch is first multiplied, and kept. What is put on a stream runs in its order; between streams the caller makes order.
 */
public final class GpuSparseMatmul extends GpuObject {
    /** How a device chooses the elements that stay. */
    public enum Pruning {
        /** The largest of each group. */
        STRIP,
        /** The best of 4 × 4 elements (2 × 2 for TF32) that leaves as many in each column as in each row: the transposed matrix is 2:4, too. */
        TILE
    }

    private final GpuShape shape;
    private final DeviceWeights weights;
    private final @Nullable DeviceBuffer bias;
    private final Map<Integer, SparsePlan> plans = new HashMap<>();
    private boolean hasWeights;
    private boolean hasBias;
    private @Nullable NmPattern pattern;
    private float scale = 1;

    private GpuSparseMatmul(GpuContext context, GpuShape shape) {
        super(context);
        this.shape = shape;
        try {
            weights = new DeviceWeights(context, shape, closing);
            DType biasType = shape.type().bias(shape.result());
            bias = shape.epilogue().bias()
                    ? DeviceBuffer.allocate(context, (long) shape.outputs() * Elements.bytes(biasType))
                    : null;
            if (bias != null) {
                closing.add(bias::close);
            }
            closing.add(this::closePlans);
        } catch (RuntimeException e) {
            throw closing.after(e);
        }
    }

    /**
     * Prepares a product; weights, and the bias if there is one, are still to come.
     *
     * @param context of the device
     * @param type of weights and samples
     * @param result of the products, one of {@link GpuType#results}
     * @param outputs rows of W: a positive multiple of {@link GpuType#multiple}
     * @param inputs columns of W: a positive multiple of {@link GpuType#multiple}
     * @param epilogue what else happens to Y
     * @return the product, which the caller closes
     * @throws IllegalArgumentException if an argument is not as described
     * @throws GpuException if memory runs out or the library refuses
     */
    public static GpuSparseMatmul of(
            GpuContext context, GpuType type, DType result, int outputs, int inputs, GpuEpilogue epilogue) {
        GpuShape shape = new GpuShape(type, result, outputs, inputs, 1, epilogue);
        synchronized (context.lock) {
            return context.own(new GpuSparseMatmul(context, shape));
        }
    }

    /**
     * What is multiplied, for one batch.
     *
     * @param batch samples, at least 1
     * @return the key of {@link GpuContext#algorithms}
     */
    public GpuShape shape(int batch) {
        return shape.withBatch(batch);
    }

    /**
     * Size of W with its zeros.
     *
     * @return bytes: outputs · inputs elements
     */
    public long denseBytes() {
        return weights.denseBytes();
    }

    /**
     * Size of W as the device multiplies it; the form is the library's own.
     *
     * @return bytes
     */
    public long compressedBytes() {
        return weights.compressedBytes();
    }

    /**
     * Takes weights from the host: with their zeros to the device, and compressed there. Values of another type are rounded to the nearest; for
     * {@link GpuType#I8} see {@link #assign(SemiStructuredMatrix, float, GpuStream)}.
     *
     * @param matrix outputs × inputs, 2:4 (1:2 for TF32); they are read before this returns
     * @param stream on which they are copied and compressed
     * @throws IllegalArgumentException if the weights do not fit
     */
    public void assign(SemiStructuredMatrix matrix, GpuStream stream) {
        assign(matrix, 1, stream);
    }

    /**
     * Takes weights from the host as multiples of a scale. Of 8-bit integers, w becomes w / scale rounded to the nearest, to the even one of two,
     * within ±127; a product is multiplied by the scale if alpha is.
     *
     * @param matrix outputs × inputs, 2:4; they are read before this returns
     * @param unit what 1 stands for on the device: positive, and 1 for all types but I8
     * @param stream on which they are copied and compressed
     * @throws IllegalArgumentException if an argument is not as described
     */
    public void assign(SemiStructuredMatrix matrix, float unit, GpuStream stream) {
        enter();
        checkPeer("stream", stream);
        checkUnit(unit);
        NmPattern places = matrix.pattern();
        checkPattern(places);
        weights.assign(matrix, unit, stream);
        hold(places, unit);
    }

    /**
     * Takes 8-bit weights from the host.
     *
     * @param places outputs × inputs, 2:4
     * @param values a byte each, row by row in ascending order of columns; read before this returns
     * @param stream on which they are copied and compressed
     * @throws IllegalArgumentException if this product has another type or an argument does not fit
     */
    public void assign(NmPattern places, MemorySegment values, GpuStream stream) {
        enter();
        checkPeer("stream", stream);
        if (shape.type() != GpuType.I8) {
            throw new IllegalArgumentException(
                    "values: bytes are not for " + shape.type() + "; accepted are they for I8 alone");
        }
        checkPattern(places);
        if (values.byteSize() != places.elements()) {
            throw new IllegalArgumentException("values: " + values.byteSize() + " bytes do not fit; expected "
                    + places.elements() + " (" + places + ")");
        }
        weights.assign(places, values, stream);
        hold(places, 1);
    }

    private void hold(@Nullable NmPattern places, float unit) {
        pattern = places;
        scale = unit;
        hasWeights = true;
    }

    /**
     * Writes weights with their zeros to memory of the device, where {@link #prune}, {@link #isPruned} and {@link #compress} find them.
     *
     * @param matrix outputs × inputs, 2:4 (1:2 for TF32), rounded as {@link #assign} does
     * @param dense {@link #denseBytes} or more
     * @param stream on which they are copied; this waits for it
     * @throws IllegalArgumentException if an argument does not fit
     */
    public void upload(SemiStructuredMatrix matrix, DeviceBuffer dense, GpuStream stream) {
        enter();
        checkDense(dense, stream);
        checkPattern(matrix.pattern());
        weights.upload(matrix, 1, dense, 0, stream);
    }

    /**
     * Sets elements to zero until the matrix is 2:4 (1:2 for TF32).
     *
     * @param dense outputs × inputs elements, row-major; overwritten
     * @param pruning which elements stay
     * @param stream on which this runs
     * @throws IllegalArgumentException if the memory is too small
     */
    public void prune(DeviceBuffer dense, Pruning pruning, GpuStream stream) {
        enter();
        checkDense(dense, stream);
        weights.prune(dense, pruning, stream);
    }

    /**
     * Whether a matrix is 2:4 (1:2 for TF32). Waits for the answer.
     *
     * @param dense outputs × inputs elements, row-major
     * @param stream on which this runs
     * @return true if {@link #compress} loses nothing
     * @throws IllegalArgumentException if the memory is too small
     */
    public boolean isPruned(DeviceBuffer dense, GpuStream stream) {
        enter();
        checkDense(dense, stream);
        return weights.isPruned(dense, stream);
    }

    /**
     * Takes weights from memory of the device. They are not checked: what {@link #isPruned} denies is compressed to something undefined.
     *
     * @param dense outputs × inputs elements, row-major, 2:4 (1:2 for TF32)
     * @param stream on which this runs
     * @throws IllegalArgumentException if the memory is too small
     */
    public void compress(DeviceBuffer dense, GpuStream stream) {
        enter();
        checkDense(dense, stream);
        weights.compress(dense, stream);
        hold(null, 1);
    }

    /**
     * Takes the bias from the host, and waits until that is done. For I8 it stays in 32-bit floats, otherwise it is rounded to the type of Y.
     *
     * @param vector 1 × outputs
     * @param stream on which it is copied
     * @throws IllegalArgumentException if this product has no bias, or the shape differs
     */
    public void assignBias(DenseMatrix vector, GpuStream stream) {
        enter();
        DeviceBuffer target = bias;
        if (target == null) {
            throw new IllegalArgumentException("vector: " + shape.epilogue() + " adds no bias");
        }
        if (vector.rows() != 1 || vector.cols() != shape.outputs()) {
            throw new IllegalArgumentException(
                    "vector: " + vector.rows() + "×" + vector.cols() + " does not fit; expected 1×" + shape.outputs());
        }
        DType type = shape.type().bias(shape.result());
        Rows.upload(target, 0, 1, target.byteSize(), stream, (row, bytes) -> {
            for (int output = 0; output < shape.outputs(); output++) {
                Elements.set(type, bytes, output, vector.get(0, output));
            }
        });
        hasBias = true;
    }

    /**
     * Puts {@code Y = activation(X·Wᵀ + bias)} on a stream.
     *
     * @param x batch × inputs of the type's elements
     * @param y batch × outputs of the result's type; overwritten
     * @param stream on which this runs
     * @throws IllegalArgumentException if an operand does not fit
     * @throws IllegalStateException if there are no weights yet, or no bias, or something is closed
     */
    public void multiply(GpuMatrix x, GpuMatrix y, GpuStream stream) {
        multiply(1, x, 0, y, stream);
    }

    /**
     * Puts {@code Y = activation(alpha·X·Wᵀ + beta·Y + bias)} on a stream.
     *
     * @param alpha multiplies the product
     * @param x batch × inputs of the type's elements
     * @param beta multiplies what Y holds; with 0 it is not read
     * @param y batch × outputs of the result's type
     * @param stream on which this runs
     * @throws IllegalArgumentException if an operand does not fit
     * @throws IllegalStateException if there are no weights yet, or no bias, or something is closed
     */
    public void multiply(float alpha, GpuMatrix x, float beta, GpuMatrix y, GpuStream stream) {
        enter();
        checkOperands(x, y, stream);
        synchronized (context.lock) {
            plan(x.rows())
                    .multiply(
                            alpha,
                            weights.compressed().address(),
                            x.buffer().address(),
                            beta,
                            y.buffer().address(),
                            stream);
        }
    }

    /**
     * Tries every algorithm that the library has for a batch. The best one is used from now on by all products of this shape and context. Waits for
     * the device. On compute capability 9.0, where the library's kernels for fp16 do not survive being tried, the first choice is the best one.
     *
     * @param x batch × inputs of the type's elements, with values as they are multiplied later
     * @param y batch × outputs of the result's type; what it holds is lost
     * @param iterations of each algorithm, at least 1; 20 give good figures
     * @param stream on which this runs
     * @return the best one, which {@link GpuContext#algorithms} has then, too
     * @throws IllegalArgumentException if an argument is not as described
     * @throws IllegalStateException if there are no weights yet, or no bias, or something is closed
     */
    public GpuAlgorithm search(GpuMatrix x, GpuMatrix y, int iterations, GpuStream stream) {
        enter();
        checkOperands(x, y, stream);
        if (iterations < 1) {
            throw new IllegalArgumentException(
                    "iterations: " + iterations + " is out of range; accepted are 1 and more");
        }
        GpuShape key = shape(x.rows());
        synchronized (context.lock) {
            // The search leaves its mark in the plan, so it gets one of its own.
            SparsePlan trial = new SparsePlan(context, key, weights.descriptor(), biasAddress(), null);
            try {
                GpuAlgorithm best = key.type() == GpuType.F16 && !context.searchesF16
                        ? trial.selected()
                        : trial.search(
                                iterations,
                                weights.compressed().address(),
                                x.buffer().address(),
                                y.buffer().address(),
                                stream);
                stream.synchronize();
                context.found.put(key, best);
                return best;
            } finally {
                trial.close();
            }
        }
    }

    /** The plan of a batch; made anew where a search has found something better since. */
    private SparsePlan plan(int batch) {
        GpuShape key = shape(batch);
        GpuAlgorithm algorithm = context.found.get(key);
        SparsePlan plan = plans.get(key.batch());
        if (plan != null && (algorithm == null || algorithm.equals(plan.algorithm()))) {
            return plan;
        }
        if (plan != null) {
            // Its products may still run, on any stream.
            context.check(context.cuda.cuCtxSynchronize(), "cuCtxSynchronize");
            plans.remove(key.batch());
            plan.close();
        }
        SparsePlan next = new SparsePlan(context, key, weights.descriptor(), biasAddress(), algorithm);
        plans.put(key.batch(), next);
        return next;
    }

    /**
     * The weights as the device has them: a product with the identity. Waits for the device.
     *
     * @param arena where the memory comes from
     * @param stream on which this runs
     * @return a matrix in 32-bit floats, with the values that are multiplied: rounded to the type, for I8 times the scale of {@link #assign}. Its
     *     pattern is that of the matrix assigned last; if the weights came from memory of the device, the places of the nonzeros
     * @throws IllegalStateException if there are no weights yet, or something is closed
     */
    public SemiStructuredMatrix toHost(KernelArena arena, GpuStream stream) {
        enter();
        checkPeer("stream", stream);
        checkWeights();
        int step = Math.min(shape.inputs(), GpuIdentity.ROWS);
        try (Arena memory = Arena.ofConfined();
                GpuIdentity identity = new GpuIdentity(stream, shape.type().element(), step, shape.inputs());
                GpuMatrix y = GpuMatrix.allocate(stream, shape.result(), step, shape.outputs())) {
            DenseMatrix dense = DenseMatrix.allocate(memory, shape.outputs(), shape.inputs());
            DenseMatrix columns = DenseMatrix.allocate(memory, step, shape.outputs());
            SparsePlan plan;
            synchronized (context.lock) {
                plan = new SparsePlan(
                        context, shape(step).withEpilogue(GpuEpilogue.NONE), weights.descriptor(), 0, null);
            }
            try {
                for (int first = 0; first < shape.inputs(); first += step) {
                    GpuMatrix x = identity.from(first, stream);
                    synchronized (context.lock) {
                        plan.multiply(
                                1,
                                weights.compressed().address(),
                                x.buffer().address(),
                                0,
                                y.buffer().address(),
                                stream);
                    }
                    y.download(columns, stream);
                    for (int i = 0; i < Math.min(step, shape.inputs() - first); i++) {
                        for (int output = 0; output < shape.outputs(); output++) {
                            dense.set(output, first + i, columns.get(i, output) * scale);
                        }
                    }
                }
            } finally {
                synchronized (context.lock) {
                    plan.close();
                }
            }
            NmPattern places = pattern;
            return places == null
                    ? SemiStructuredMatrix.fromDense(
                            arena, dense, shape.type().n(), shape.type().m())
                    : SemiStructuredMatrix.fromDense(arena, dense, places, ValueType.F32);
        }
    }

    private long biasAddress() {
        return bias == null ? 0 : bias.address();
    }

    private void checkUnit(float unit) {
        if (!(unit > 0) || unit == Float.POSITIVE_INFINITY || (unit != 1 && shape.type() != GpuType.I8)) {
            throw new IllegalArgumentException("unit: " + unit + " is not for " + shape.type() + "; accepted are "
                    + (shape.type() == GpuType.I8 ? "positive numbers" : "1, and other positive numbers for I8"));
        }
    }

    private void checkPattern(NmPattern places) {
        GpuType type = shape.type();
        if (places.rows() != shape.outputs()
                || places.cols() != shape.inputs()
                || places.n() != type.n()
                || places.m() != type.m()) {
            throw new IllegalArgumentException("weights: " + places + " does not fit; expected " + shape.outputs() + "×"
                    + shape.inputs() + ", " + type.n() + ":" + type.m() + " (" + type + ")");
        }
    }

    private void checkDense(DeviceBuffer dense, GpuStream stream) {
        checkPeer("dense", dense);
        checkPeer("stream", stream);
        if (dense.byteSize() < denseBytes()) {
            throw new IllegalArgumentException("dense: " + dense.byteSize() + " bytes are too few; accepted are "
                    + denseBytes() + " and more (" + shape.outputs() + "×" + shape.inputs() + " of "
                    + shape.type().element() + ")");
        }
    }

    private void checkOperands(GpuMatrix x, GpuMatrix y, GpuStream stream) {
        checkPeer("stream", stream);
        x.check("x", this, shape.type().element(), x.rows(), shape.inputs());
        y.check("y", this, shape.result(), x.rows(), shape.outputs());
        checkWeights();
        if (bias != null && !hasBias) {
            throw new IllegalStateException(this + ": no bias yet; assign one first");
        }
    }

    private void checkWeights() {
        if (!hasWeights) {
            throw new IllegalStateException(this + ": no weights yet; assign or compress some first");
        }
    }

    private void closePlans() {
        synchronized (context.lock) {
            context.release(context.cuda.cuCtxSynchronize(), "cuCtxSynchronize");
            Closing all = new Closing();
            plans.values().forEach(plan -> all.add(plan::close));
            plans.clear();
            all.run();
        }
    }

    @Override
    public String toString() {
        return "GpuSparseMatmul " + shape.outputs() + "×" + shape.inputs() + ", " + shape.type() + " to "
                + shape.result();
    }
}
