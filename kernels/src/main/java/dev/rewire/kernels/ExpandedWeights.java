package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Weights multiplied as a dense matrix, zeros and all: faster where they are dense enough, or so scattered that walking them costs more than the zeros. */
final class ExpandedWeights implements SpmmWeights {
    /** Side of the blocks that the dense matrix is cut into; no other is multiplied faster. */
    static final int BLOCK = 16;

    private final SparseMatrix matrix;
    private final StoredValues w;
    private final BlockPattern full;
    private final ExpandedValues values;
    private final BlockWeights dense;
    private BlockPattern pattern;
    private boolean isPlanned;

    ExpandedWeights(SparseMatrix matrix, boolean transposed, SpmmSetup setup) {
        this.matrix = matrix;
        w = StoredValues.of(matrix);
        pattern = w.pattern();
        full = BlockPattern.full(pattern.rows(), pattern.cols(), BLOCK, BLOCK);
        values = new ExpandedValues(setup.arena(), w, full);
        StoredValues expanded = new StoredValues(setup.arena(), values.memory(), ValueType.F32, () -> full, () -> {});
        dense = new BlockWeights(expanded, transposed, setup);
        replan();
    }

    @Override
    public KernelArena arena() {
        return w.arena();
    }

    @Override
    public MemorySegment stored() {
        return w.memory();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a rewiring is what makes a plan stale, not a difference in content
    public boolean isCurrent() {
        return isPlanned && w.pattern() == pattern;
    }

    @Override
    public boolean replan() {
        isPlanned = false;
        pattern = w.pattern();
        values.replan(pattern);
        isPlanned = true;
        return true;
    }

    @Override
    public long heldBytes() {
        return values.heldBytes() + dense.heldBytes();
    }

    @Override
    public void clearPadding() {
        w.clearPadding().run();
    }

    @Override
    public SpmmSchedule schedule() {
        return dense.schedule();
    }

    @Override
    public SpmmIndex index() {
        return dense.index();
    }

    @Override
    public int outputsOfGroup() {
        return dense.outputsOfGroup();
    }

    @Override
    public PreparedValues prepared() {
        return values;
    }

    @Override
    public MemorySegment values() {
        return values.memory();
    }

    @Override
    public void multiply(int firstGroup, int endGroup, SpmmOperands at) {
        dense.multiply(firstGroup, endGroup, at);
    }

    @Override
    public boolean readsInPlace(long stride) {
        return dense.readsInPlace(stride);
    }

    @Override
    public boolean writesInPlace() {
        return dense.writesInPlace();
    }

    @Override
    public @Nullable SpmvKernel spmv() {
        return dense.spmv();
    }

    @Override
    public String toString() {
        return matrix.pattern() + ", as dense blocks of " + BLOCK + "×" + BLOCK;
    }
}
