package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.MaskedMatrix;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.setting.SrSte;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weights that are all stored and trained, and of which the products see the N of each M that a mask keeps: {@link SrSte}. The products run on
 * copies of those, which the update of the weights makes on its way ({@link MaskedMatrix}).
 *
 * <p>The backward product needs the columns of W. A transposable mask gives them as N:M, whose copy is transposed. Those of 2:4 a plan sorts out anew at
 * each step, if there are enough samples; of any other mask, multiplying by a copy that has the masked weights as zeros is faster.
 */
public final class MaskedParameter implements SparseParameter {
    // Blocks of the copy: what the kernels like best, and as wide as can be, since it is written row by row.
    private static final int BLOCK_ROWS = 64;
    private static final int BLOCK_COLS = 64;

    private final SrSte rule;
    private final DenseMatrix values;
    private final GradientBands gradient;
    private final List<DenseMatrix> slots = new ArrayList<>();
    private final SemiStructuredMatrix kept;
    private final @Nullable SemiStructuredMatrix transposed;
    private final @Nullable BlockSparseMatrix inBlocks;
    private final MaskedMatrix masked;
    private ParameterListener listener = ParameterListener.NONE;

    // Whether the copies have the values of the weights; whether the last update has chosen the mask; and the mask and
    // copies that the listener knows.
    private boolean isCopied;
    private boolean isChosen;
    private NmPattern planned;
    private boolean isKnown;

    /** What the product backward to the input reads. */
    public enum BackwardCopy {
        /** Nothing, or the copy of the forward product. */
        NONE,
        /** A transposed copy, of a transposable mask. */
        TRANSPOSED,
        /** A copy in full blocks that has the masked weights as zeros. */
        IN_BLOCKS
    }

    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param mask one that has the kind of those to come, out × in
     * @param rule how it is chosen
     * @param slotCount slots of the optimiser
     * @param gradient of all weights
     * @param backwardCopy what else is copied
     * @param workers who computes
     */
    public MaskedParameter(
            KernelArena arena,
            NmPattern mask,
            SrSte rule,
            int slotCount,
            GradientBands gradient,
            BackwardCopy backwardCopy,
            Workers workers) {
        this.rule = rule;
        this.gradient = gradient;
        planned = mask;
        values = DenseMatrix.allocate(arena, mask.rows(), mask.cols());
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(DenseMatrix.allocate(arena, mask.rows(), mask.cols()));
        }
        kept = SemiStructuredMatrix.allocate(arena, mask);
        MaskedMatrix ofKept = MaskedMatrix.of(values, kept, rule.transposable(), (float) rule.decay(), workers);
        transposed =
                backwardCopy == BackwardCopy.TRANSPOSED ? SemiStructuredMatrix.allocate(arena, mask.transpose()) : null;
        inBlocks = backwardCopy == BackwardCopy.IN_BLOCKS
                ? BlockSparseMatrix.allocate(arena, BlockPattern.full(mask.rows(), mask.cols(), BLOCK_ROWS, BLOCK_COLS))
                : null;
        if (transposed != null) {
            ofKept = ofKept.withTransposed(transposed);
        } else if (inBlocks != null) {
            ofKept = ofKept.withBlocks(inBlocks);
        }
        masked = ofKept;
    }

    @Override
    public void listener(ParameterListener next) {
        listener = next;
    }

    /** Draws all weights as those of a dense layer, and chooses the mask. */
    @Override
    public void initialise(CounterRandom random, double gain) {
        double deviation = Math.sqrt(gain / values.cols());
        for (int row = 0; row < values.rows(); row++) {
            for (int col = 0; col < values.cols(); col++) {
                values.set(row, col, (float) (deviation * random.nextGaussian()));
            }
        }
        isChosen = false;
        chooseMask();
    }

    /** Keeps the N largest of each M, or the best of them that are transposable, unless the last update has done so. */
    public void chooseMask() {
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
            listener.rewired();
            planned = masked.mask();
        } else {
            listener.valuesChanged();
        }
        isKnown = true;
    }

    @Override
    public void update(UpdateRule follow, long update, double rate, boolean rewires, Workers workers) {
        follow.update(masked, gradient.band(), gradient::computeBand, slots, update, rate, rewires);
        isChosen = rewires;
        isCopied = true;
        isKnown = false;
    }

    @Override
    public ParameterPattern.Nm pattern() {
        return new ParameterPattern.Nm(masked.mask(), rule);
    }

    @Override
    public long nonzeros() {
        return masked.mask().elements();
    }

    @Override
    public @Nullable MemorySegment gradientMemory() {
        return null;
    }

    /** The gradient is there a band at a time. */
    @Override
    public long bytes() {
        long copies = kept.values().byteSize()
                + (transposed == null ? 0 : transposed.values().byteSize())
                + (inBlocks == null ? 0 : inBlocks.values().byteSize());
        long band = gradient.band().segment().byteSize();
        NmPattern mask = masked.mask();
        return (1L + slots.size()) * values.segment().byteSize()
                + copies
                + band
                + (long) mask.rows() * mask.rowBytes()
                + listener.heldBytes();
    }

    @Override
    public List<MemorySegment> state() {
        List<MemorySegment> state = new ArrayList<>(List.of(values.segment()));
        slots.forEach(slot -> state.add(slot.segment()));
        return state;
    }

    /** {@return whether masks are N:M along columns, too} */
    public boolean isTransposable() {
        return rule.transposable();
    }

    /**
     * All weights.
     *
     * @return kept or masked
     */
    public DenseMatrix values() {
        return values;
    }

    /**
     * The weights that are kept.
     *
     * @return a copy, for products
     */
    public SemiStructuredMatrix kept() {
        return kept;
    }

    /**
     * These, transposed.
     *
     * @return a copy; null if none was asked for
     */
    public @Nullable SemiStructuredMatrix transposed() {
        return transposed;
    }

    /**
     * These, with zeros between them.
     *
     * @return a copy; null if none was asked for
     */
    public @Nullable BlockSparseMatrix inBlocks() {
        return inBlocks;
    }

    /**
     * The gradient of all weights.
     *
     * @return without the decay of those that are masked
     */
    public GradientBands gradient() {
        return gradient;
    }
}
