package dev.rewire.kernels;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.NmSpmvKernel;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * N:M weights: a group of outputs is rows that keep the same places. Backward the transposed matrix is walked, which is N:M too if the pattern
 * is transposable; values are copied into its order by each run.
 */
final class NmWeights implements SpmmWeights {
    /** Rows computed together at most: more than these need not share a load. */
    private static final int MOST_OUTPUTS = 4;

    /** A task reads all inputs chunk by chunk, so that more outputs read each chunk's samples from the first-level cache. */
    private static final int TASK_VALUES = 128 * 1024;

    private final SemiStructuredMatrix w;
    private final boolean transposed;
    private final NmShape shape;
    private final SpmmKernel kernel;
    private final @Nullable NmSpmvKernel spmv;
    private final @Nullable OrderedValues orderedValues;
    private final @Nullable WidenedValues widenedValues;
    private final int[] offsets;
    private final SpmmSchedule schedule;
    private final MemorySegment places;
    private final MemorySegment selectors;
    private NmPattern pattern;
    private boolean isPlanned;
    private SpmmIndex index;

    private int[] order = new int[0];

    private NmWeights(SemiStructuredMatrix w, NmPattern walked, boolean transposed, SpmmSetup setup) {
        this.w = w;
        this.transposed = transposed;
        pattern = w.pattern();
        orderedValues = transposed ? new OrderedValues(setup.arena(), w.memory()) : null;
        widenedValues = WidenedValues.of(setup, w.memory(), w.type());
        shape = new NmShape(
                walked.n(),
                walked.m(),
                walked.indexBits(),
                Math.min(walked.sharedRows(), MOST_OUTPUTS),
                walked.groups(),
                setup.lanes(),
                setup.lanes(),
                widenedValues == null ? w.type() : ValueType.F32,
                setup.start(),
                setup.end());
        spmv = setup.batch() == 0 ? null : Providers.active().nmSpmv(shape, setup.batch());
        kernel = LastPanel.kernel(setup, samples -> Providers.active().nm(shape.withSamples(samples)));
        int groups = walked.rows() / shape.outputs();
        offsets = new int[groups + 1];
        for (int group = 0; group <= groups; group++) {
            offsets[group] = group * shape.rowElements();
        }
        places = setup.arena().allocate(offsets[groups]);
        selectors = setup.arena().allocate(spmv == null ? 0 : spmv.selectorBytes(walked.rows()));
        schedule = new SpmmSchedule(setup, walked.cols(), groups, shape.outputs(), 1, TASK_VALUES);
        schedule.cut(offsets);
        index = index(walked);
        reorder(walked);
        isPlanned = true;
    }

    static SpmmWeights forward(SemiStructuredMatrix w, SpmmSetup setup) {
        return new NmWeights(w, w.pattern(), false, setup);
    }

    static SpmmWeights backward(SemiStructuredMatrix w, SpmmSetup setup) {
        NmPattern pattern = w.pattern();
        if (pattern.isTransposable()) {
            return new NmWeights(w, pattern.transpose(), true, setup);
        }
        return PairedWeights.fit(pattern, setup.batch())
                ? new PairedWeights(w, setup)
                : new BlockWeights(StoredValues.of(w), true, setup);
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
        NmPattern next = w.pattern();
        if (transposed && !next.isTransposable()) {
            return false;
        }
        NmPattern walked = transposed ? next.transpose() : next;
        if (walked.sharedRows() < shape.outputs()) {
            return false;
        }
        isPlanned = false; // until all is done: an index that was made by half must not be walked
        pattern = next;
        index = index(walked);
        reorder(walked);
        isPlanned = true;
        return true;
    }

    private SpmmIndex index(NmPattern walked) {
        if (spmv != null) {
            selectors.fill((byte) 0);
            spmv.select(walked.codes(), walked.rows(), selectors);
        }
        MaskCodes codes = new MaskCodes(walked.n(), walked.m(), walked.cols());
        for (int group = 0; group + 1 < offsets.length; group++) {
            codes.places(walked.codes(), group * shape.outputs(), shape.chunkInputs(), places, offsets[group]);
        }
        return SpmmIndex.ofPlaces(offsets, places, selectors);
    }

    /** For each element of the transposed matrix, row by row, its number in W. */
    private void reorder(NmPattern walked) {
        if (orderedValues == null) {
            return;
        }
        int count = walked.elements();
        if (order.length < count) {
            order = new int[count];
        }
        int next = 0;
        for (int row = 0; row < walked.rows(); row++) {
            for (int element = 0; element < walked.rowElements(); element++) {
                int from = walked.column(row, element);
                int k = pattern.find(from, row);
                order[next++] = from * pattern.rowElements() + row / pattern.m() * pattern.n() + k;
            }
        }
        orderedValues.replan(order, count);
    }

    @Override
    public long heldBytes() {
        PreparedValues prepared = prepared();
        return (prepared == null ? 0 : prepared.heldBytes())
                + places.byteSize()
                + selectors.byteSize()
                + (long) Integer.BYTES * offsets.length;
    }

    @Override
    public SpmmSchedule schedule() {
        return schedule;
    }

    @Override
    public SpmmIndex index() {
        return index;
    }

    @Override
    public int outputsOfGroup() {
        return shape.outputs();
    }

    @Override
    public @Nullable PreparedValues prepared() {
        return widenedValues == null ? orderedValues : widenedValues;
    }

    @Override
    public MemorySegment values() {
        PreparedValues prepared = prepared();
        return prepared == null ? w.memory() : prepared.memory();
    }

    @Override
    public void multiply(int firstGroup, int endGroup, SpmmOperands at) {
        kernel.run(index, firstGroup, endGroup, at);
    }

    @Override
    public @Nullable SpmvKernel spmv() {
        return spmv;
    }

    @Override
    public String toString() {
        return pattern + (transposed ? ", transposed as N:M" : "");
    }
}
