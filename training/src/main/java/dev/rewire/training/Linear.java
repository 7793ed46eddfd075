package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Updates;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, {@code y = relu(x·Wᵀ + bias)} or without ReLU, with its gradients and the optimiser's slots. Weights, gradient
 * and slots always have one pattern; a dense layer has the full one.
 */
final class Linear {
    private final BlockSparseMatrix weights;
    private final BlockSparseMatrix gradient;
    private final List<BlockSparseMatrix> slots = new ArrayList<>();
    private final DenseMatrix bias;
    private final DenseMatrix biasGradient;
    private final List<DenseMatrix> biasSlots = new ArrayList<>();
    private final LayerBuffers buffers;
    private final Products products;
    private final Workers workers;

    /**
     * A layer with all weights and biases zero.
     *
     * @param arena where its memory comes from
     * @param pattern places of the weights, out × in
     * @param slotCount slots of the optimiser
     * @param relu whether a ReLU follows
     * @param buffers what it reads and writes
     * @param backend runs the products of a full pattern of 1×1 blocks instead of the kernels, or null
     * @param workers who computes
     */
    Linear(
            KernelArena arena,
            BlockPattern pattern,
            int slotCount,
            boolean relu,
            LayerBuffers buffers,
            @Nullable DenseBackend backend,
            Workers workers) {
        this.buffers = buffers;
        this.workers = workers;
        weights = BlockSparseMatrix.allocate(arena, pattern);
        gradient = BlockSparseMatrix.allocate(arena, pattern);
        bias = DenseMatrix.allocate(arena, 1, pattern.rows());
        biasGradient = DenseMatrix.allocate(arena, 1, pattern.rows());
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(BlockSparseMatrix.allocate(arena, pattern));
            biasSlots.add(DenseMatrix.allocate(arena, 1, pattern.rows()));
        }
        products = backend == null
                ? new SparseProducts(arena, weights, bias, gradient, relu, buffers, workers)
                : new BackendProducts(backend, arena, weights, bias, gradient, relu, buffers);
    }

    /**
     * Draws the stored weights from N(0, 2/n), n being the connections that the output really has, not those of a dense layer, so that
     * activations keep their variance at any sparsity; biases stay zero. Sources: He et al., "Delving deep into rectifiers", 2015; Evci
     * et al., "Gradient flow in sparse neural networks and how lottery tickets win", 2022, section 3.1, for the count.
     */
    void initialise(CounterRandom random) {
        BlockPattern p = pattern();
        MemorySegment values = weights.values();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            int rows = Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
            double deviation = Math.sqrt(2.0 / Math.max(1, connections(gridRow)));
            for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                int cols = colsOf(p, block);
                for (int row = 0; row < rows; row++) {
                    long first = ((long) block * p.blockRows() + row) * p.blockCols();
                    for (int col = 0; col < cols; col++) {
                        values.setAtIndex(
                                ValueLayout.JAVA_FLOAT, first + col, (float) (deviation * random.nextGaussian()));
                    }
                }
            }
        }
    }

    /** Stored connections of each output of a row of blocks. */
    private int connections(int gridRow) {
        BlockPattern p = pattern();
        int count = 0;
        for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
            count += colsOf(p, block);
        }
        return count;
    }

    private static int colsOf(BlockPattern p, int block) {
        return Math.min(p.blockCols(), p.cols() - p.gridCol(block) * p.blockCols());
    }

    void forward() {
        products.forward();
    }

    void backwardInput() {
        products.backwardInput();
    }

    /** Computes the gradients of weights and biases; after {@link #backwardInput}. */
    void backwardWeights() {
        products.backwardWeights();
        Updates.sumOverBatch(buffers.dy(), biasGradient, workers);
    }

    void update(Optimizer optimizer, long update, double rate) {
        optimizer.update(weights.values(), gradient.values(), valuesOf(slots), update, rate, true, workers);
        optimizer.update(bias.segment(), biasGradient.segment(), segmentsOf(biasSlots), update, rate, false, workers);
    }

    /** Moves to another pattern: places that both have keep weight and slots, new ones start at zero. */
    void rewire(BlockPattern next) {
        weights.rewire(next);
        gradient.rewire(next);
        for (BlockSparseMatrix slot : slots) {
            slot.rewire(next);
        }
        products.replan();
    }

    BlockPattern pattern() {
        return weights.pattern();
    }

    /** How the products with the weights are computed. */
    String plan() {
        return products.toString();
    }

    LayerShape shape() {
        return LayerShape.linear(pattern().rows(), pattern().cols());
    }

    /** Stored weights, without the padding of blocks at the edge. */
    long nonzeros() {
        long count = 0;
        BlockPattern p = pattern();
        for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
            count += (long) connections(gridRow) * Math.min(p.blockRows(), p.rows() - gridRow * p.blockRows());
        }
        return count;
    }

    BlockSparseMatrix weights() {
        return weights;
    }

    BlockSparseMatrix gradient() {
        return gradient;
    }

    DenseMatrix bias() {
        return bias;
    }

    DenseMatrix biasGradient() {
        return biasGradient;
    }

    LayerBuffers buffers() {
        return buffers;
    }

    /** All that training changes: weights, bias, then for each slot that of the weights and that of the bias. */
    List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(weights.values(), bias.segment()));
        for (int slot = 0; slot < slots.size(); slot++) {
            state.add(slots.get(slot).values());
            state.add(biasSlots.get(slot).segment());
        }
        return state;
    }

    private static List<MemorySegment> valuesOf(List<BlockSparseMatrix> matrices) {
        return matrices.stream().map(BlockSparseMatrix::values).toList();
    }

    private static List<MemorySegment> segmentsOf(List<DenseMatrix> matrices) {
        return matrices.stream().map(DenseMatrix::segment).toList();
    }
}
