package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.Epilogue;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.MaskedMatrix;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.PlanChoice;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SpmmPlan;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights that are all stored and trained, and of which the products see the N of each M that a mask keeps: {@link SrSte}. The products run on
 * copies of those, which the update of the weights makes on its way ({@link MaskedMatrix}).
 *
 * <p>The backward product needs the columns of W. A transposable mask gives them as N:M, whose copy is transposed. Those of 2:4 the product sorts out anew at
 * each step, if there are enough samples; of any other mask, multiplying by a copy that has the masked weights as zeros is faster.
 */
final class MaskedWeights implements LayerWeights {
    // Blocks of the copy: what the kernels like best, and as wide as can be, since it is written row by row.
    private static final int BLOCK_ROWS = 64;
    private static final int BLOCK_COLS = 64;

    private final SrSte rule;
    private final DenseMatrix weights;
    private final FullGradient gradient;
    private final List<DenseMatrix> slots = new ArrayList<>();
    private final MaskedMatrix masked;
    private final Products products;

    // Whether the copies have the values of the weights; whether the last update has chosen the mask; and the mask and
    // copies that the products know.
    private boolean isCopied;
    private boolean isChosen;
    private NmPattern planned;
    private boolean isKnown;

    /** As {@link LayerWeights#of}. */
    MaskedWeights(
            KernelArena arena,
            NmPattern mask,
            SrSte rule,
            int slotCount,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        this.rule = rule;
        planned = mask;
        weights = DenseMatrix.allocate(arena, mask.rows(), mask.cols());
        gradient = new FullGradient(arena, buffers, workers);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(DenseMatrix.allocate(arena, mask.rows(), mask.cols()));
        }
        SemiStructuredMatrix kept = SemiStructuredMatrix.allocate(arena, mask);
        MaskedMatrix ofKept = MaskedMatrix.of(weights, kept, rule.transposable(), (float) rule.decay(), workers);
        int batch = buffers.x().rows();
        boolean onDevice = engine instanceof Engine.OnDevice;
        SpmmPlan backwardInput = null;
        if (buffers.dx() != null && !rule.transposable() && areSorted(mask, batch)) {
            Epilogue end = Epilogue.NONE.withReluMask(buffers.x());
            backwardInput = SpmmPlan.backwardInput(arena, kept, batch, Layout.PANELS, end, workers, PlanChoice.STORED);
        } else if (buffers.dx() != null && !rule.transposable()) {
            BlockSparseMatrix inBlocks = BlockSparseMatrix.allocate(
                    arena, BlockPattern.full(mask.rows(), mask.cols(), BLOCK_ROWS, BLOCK_COLS));
            ofKept = ofKept.withBlocks(inBlocks);
            Epilogue end = Epilogue.NONE.withReluMask(buffers.x());
            backwardInput = SpmmPlan.backwardInput(arena, inBlocks, batch, Layout.PANELS, end, workers);
        } else if (buffers.dx() != null && !onDevice) {
            SemiStructuredMatrix transposed = SemiStructuredMatrix.allocate(arena, mask.transpose());
            ofKept = ofKept.withTransposed(transposed);
            Epilogue end = Epilogue.NONE.withReluMask(buffers.x());
            backwardInput = SpmmPlan.forward(arena, transposed, batch, Layout.PANELS, end, workers);
        }
        masked = ofKept;
        if (engine instanceof Engine.OnDevice device) {
            boolean backwardOnDevice = buffers.dx() != null && rule.transposable();
            NmBackend.Layer layer = new NmBackend.Layer(kept, bias, relu, batch, backwardOnDevice);
            products = new DeviceProducts(device, layer, backwardInput, gradient, buffers, workers);
        } else {
            SpmmPlan forward = SparseProducts.forward(arena, kept, bias, relu, buffers, workers);
            products = new SparseProducts(forward, backwardInput, gradient, buffers);
        }
    }

    /** Whether the plan sorts the columns of a mask by itself, and so fast that it may do so at each step. */
    private static boolean areSorted(NmPattern mask, int batch) {
        return mask.n() == 2 && mask.m() == 4 && PanelMatrix.lanesFor(batch) == 64;
    }

    /** Draws all weights as those of a dense layer, and chooses the mask. */
    @Override
    public void initialise(CounterRandom random) {
        double deviation = Math.sqrt(2.0 / weights.cols());
        for (int row = 0; row < weights.rows(); row++) {
            for (int col = 0; col < weights.cols(); col++) {
                weights.set(row, col, (float) (deviation * random.nextGaussian()));
            }
        }
        isChosen = false;
        chooseMask();
    }

    /** Keeps the N largest of each M, or the best of them that are transposable, unless the last update has done so. */
    void chooseMask() {
        if (!isChosen) {
            masked.choose();
            isCopied = true;
            isKnown = false;
        }
        isChosen = false;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // plans follow the object, too
    public void prepare(Workers workers) {
        if (!isCopied) {
            masked.copy();
            isCopied = true;
            isKnown = false;
        }
        if (isKnown) {
            return;
        }
        if (planned != masked.mask()) {
            products.replan();
            planned = masked.mask();
        } else {
            products.weightsChanged();
        }
        isKnown = true;
    }

    @Override
    public void update(Optimizer optimizer, long update, double rate, boolean rewires, Workers workers) {
        optimizer.update(masked, gradient.band(), gradient::computeBand, slots, update, rate, rewires);
        isChosen = rewires;
        isCopied = true;
        isKnown = false;
    }

    @Override
    public LayerPattern.Nm pattern() {
        return new LayerPattern.Nm(masked.mask(), rule);
    }

    @Override
    public Products products() {
        return products;
    }

    @Override
    public long nonzeros() {
        return masked.mask().elements();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(weights.segment()));
        slots.forEach(slot -> state.add(slot.segment()));
        return state;
    }

    /** All weights, kept or masked. */
    DenseMatrix weights() {
        return weights;
    }

    /** The gradient of all weights, without the decay of those that are masked. */
    FullGradient gradient() {
        return gradient;
    }
}
