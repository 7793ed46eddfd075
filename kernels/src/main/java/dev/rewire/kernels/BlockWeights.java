package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Weights in blocks: a group of outputs is a row of blocks or, backward, a column of blocks. */
final class BlockWeights implements SpmmWeights {
    /** They stay in the second-level cache from panel to panel. */
    private static final int TASK_VALUES = CacheSizes.items(CacheSizes.L2 / 4, Float.BYTES, 32 * 1024);

    /**
     * Of a first-level cache an address' place is told by its last twelve bits. Features whose distance is a multiple of this leave half of the places and more to
     * nobody, as 64 samples take half of it. This and the next were measured on AMD Zen 4 alone, where neighbouring values differ by 5 %.
     */
    private static final long ALIASING_BYTES = 2 * 64 * Float.BYTES;

    /** Products of a sample of an input from which on it pays to pack it, lest its place in the cache is another's. */
    private static final long FEW_PRODUCTS = 128;

    private static final int[] NO_ITEMS = {};

    private final StoredValues w;
    private final boolean transposed;
    private final SpmmSchedule schedule;
    private final int inputs;
    private final InputChunks chunks;

    /** Single weights whose places are walked where pattern or copy have them. */
    private final boolean isInOrder;

    private final SpmmShape shape;
    private final SpmmKernel kernel;
    private final @Nullable SpmmKernel lastGroupKernel;
    private final @Nullable SpmvKernel spmv;
    private final @Nullable ScatteredSample scattered;
    private final @Nullable ColumnValues columnValues;
    private final @Nullable LineSample byLines;
    private final @Nullable ScatteredVectors vectors;
    private final @Nullable WidenedValues widenedValues;
    private BlockPattern pattern;
    private boolean isPlanned;
    private SpmmIndex index;
    private int[] inputsOfItems = new int[0];

    BlockWeights(StoredValues w, boolean transposed, SpmmSetup setup) {
        this.w = w;
        this.transposed = transposed;
        pattern = w.pattern();
        int rows = pattern.blockRows();
        int cols = pattern.blockCols();
        long capacity = w.memory().byteSize() / w.type().bytes();
        vectors = transposed ? ScatteredVectors.of(setup.arena(), pattern, capacity, setup.batch()) : null;
        scattered = transposed && vectors == null ? ScatteredSample.of(pattern, setup.batch()) : null;
        // Larger blocks use more of a cache line, and fewer samples use each value once, so that copying them would not
        // pay.
        columnValues = transposed && rows * cols == 1 && setup.lanes() == 64 && scattered == null && vectors == null
                ? new ColumnValues(setup.arena(), pattern, setup.batch(), w.memory(), setup.room())
                : null;
        widenedValues = WidenedValues.of(setup, w.memory(), w.type());
        ValueType type = widenedValues == null ? w.type() : ValueType.F32;
        // Tiles of one output load each sample for a single product, and the stride would cost as much as that.
        boolean strided = setup.strided() && (transposed ? cols : rows) > 1;
        SpmmShape wide = transposed
                ? new SpmmShape(
                        cols,
                        rows,
                        1,
                        cols,
                        rows * cols,
                        setup.lanes(),
                        strided,
                        setup.lanes(),
                        columnValues != null,
                        type,
                        setup.start(),
                        setup.end())
                : new SpmmShape(
                        rows,
                        cols,
                        cols,
                        1,
                        rows * cols,
                        setup.lanes(),
                        strided,
                        setup.lanes(),
                        true,
                        type,
                        setup.start(),
                        setup.end());
        byLines = transposed ? null : LineSample.of(setup.arena(), pattern, capacity, setup.batch(), type);
        spmv = spmv(setup, wide);
        // Kernels of single samples know inputs of 32 bits alone.
        isInOrder = rows * cols == 1 && wide.consecutive() && spmv == null;
        shape = isInOrder && BlockPattern.areNarrow(transposed ? pattern.rows() : pattern.cols())
                ? wide.withNarrowInputs()
                : wide;
        kernel = LastPanel.kernel(setup, samples -> Providers.active().spmm(shape.withSamples(samples)));
        int remainder = (transposed ? pattern.cols() : pattern.rows()) % shape.outputs();
        SpmmShape rest = shape.withOutputs(remainder);
        lastGroupKernel = remainder == 0
                ? null
                : LastPanel.kernel(setup, samples -> Providers.active().spmm(rest.withSamples(samples)));
        inputs = transposed ? pattern.rows() : pattern.cols();
        int groups = transposed ? pattern.gridCols() : pattern.gridRows();
        // In narrower panels samples are near enough as it is, and more outputs share what they load.
        chunks = InputChunks.ofPanels(inputs, shape.steps(), shape.outputs() == 1 && setup.lanes() == 64);
        schedule = new SpmmSchedule(setup, inputs, groups, shape.outputs(), shape.steps(), TASK_VALUES);
        replan();
    }

    private @Nullable SpmvKernel spmv(SpmmSetup setup, SpmmShape wide) {
        if (setup.batch() == 0 || byLines != null) {
            return byLines;
        }
        if (vectors != null || scattered != null) {
            return vectors == null ? scattered : vectors;
        }
        return Providers.active().spmv(wide.inPanels(), setup.batch(), pattern.storedElements() * Float.BYTES);
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
        isPlanned = false; // until all is done: an index that was made by half must not be walked
        pattern = w.pattern();
        if (columnValues != null) {
            columnValues.replan(pattern);
            index = indexOf(columnValues.offsets(), columnValues.wideRows(), columnValues.narrowRows());
        } else if (isInOrder) {
            index = indexOf(pattern.offsets(), pattern.wideCols(), pattern.narrowCols());
        } else {
            ColumnOrder byColumns = transposed ? ColumnOrder.of(pattern) : null;
            inputsOfItems = byColumns == null
                    ? pattern.colStarts(shape.steps(), inputsOfItems)
                    : byColumns.rowStarts(shape.steps());
            int[] offsets = byColumns == null ? pattern.offsets() : byColumns.offsets();
            int[] cuts = chunks.cut(offsets, item -> inputsOfItems[item]);
            index = SpmmIndex.ofBlocks(
                    offsets, inputsOfItems, byColumns == null ? NO_ITEMS : byColumns.blocks(), cuts, chunks.count());
        }
        if (scattered != null) {
            scattered.replan(pattern);
        }
        if (vectors != null) {
            vectors.replan(pattern);
        }
        if (byLines != null) {
            byLines.replan(pattern);
        }
        schedule.cut(index.offsets());
        isPlanned = true;
        return true;
    }

    private SpmmIndex indexOf(int[] offsets, int[] inputs, char[] narrowInputs) {
        int[] cuts = chunks.cut(offsets, item -> shape.narrow() ? narrowInputs[item] : inputs[item]);
        return SpmmIndex.ofConsecutive(offsets, inputs, narrowInputs, cuts, chunks.count());
    }

    @Override
    public long heldBytes() {
        PreparedValues prepared = prepared();
        // What the copy or the pattern has is walked there.
        return (prepared == null ? 0 : prepared.heldBytes())
                + (scattered == null ? 0 : scattered.heldBytes())
                + (vectors == null ? 0 : vectors.heldBytes())
                + (byLines == null ? 0 : byLines.heldBytes())
                + (long) Integer.BYTES * (inputsOfItems.length + index.blocks().length)
                + (columnValues == null && transposed ? (long) Integer.BYTES * index.offsets().length : 0)
                + chunks.heldBytes();
    }

    @Override
    public void clearPadding() {
        w.clearPadding().run();
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
        return widenedValues == null ? columnValues : widenedValues;
    }

    @Override
    public MemorySegment values() {
        PreparedValues prepared = prepared();
        return prepared == null ? w.memory() : prepared.memory();
    }

    @Override
    public void multiply(int firstGroup, int endGroup, SpmmOperands at) {
        boolean last = lastGroupKernel != null && endGroup == index.groups();
        kernel.run(index, firstGroup, last ? endGroup - 1 : endGroup, at);
        if (last && lastGroupKernel != null) {
            lastGroupKernel.run(index, endGroup - 1, endGroup, at);
        }
    }

    @Override
    public boolean readsInPlace(long stride) {
        boolean endsWithInputs = inputs % shape.steps() == 0; // behind the last one a matrix has no zeros
        boolean aliases = stride % ALIASING_BYTES == 0;
        long products = (long) index.offsets()[index.groups()] * shape.steps() * shape.outputs();
        return shape.strided() && endsWithInputs && (!aliases || products < FEW_PRODUCTS * inputs);
    }

    @Override
    public boolean writesInPlace() {
        return shape.strided();
    }

    @Override
    public @Nullable SpmvKernel spmv() {
        return spmv;
    }

    @Override
    public String toString() {
        return w.pattern().toString();
    }
}
