package dev.rewire.kernels;

import dev.rewire.kernels.internal.MaskKernels;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Backward to the input by any 2:4 mask. The columns of such a matrix keep nothing regular, but two of each group of four: rows that keep the same two are walked
 * together, as blocks of two columns, so that each sample is loaded for two products. A column is in three pairs of its group, whose sums are added at the end.
 */
final class PairedWeights implements SpmmWeights {
    private static final int COLS = 4;
    private static final int PAIRS = MaskKernels.PAIRS;
    private static final int SUMS_OF_GROUP = 2 * PAIRS;

    /** For each column of a group its sums. */
    private static final int[][] SUMS = {{0, 2, 4}, {1, 6, 8}, {3, 7, 10}, {5, 9, 11}};

    /** A task of 16 groups of a thousand rows: its values are read for one panel after the other. */
    private static final int TASK_VALUES = 64 * 1024;

    private final SemiStructuredMatrix w;
    private final PairedValues values;
    private final SpmmIndex pairs;
    private final SpmmIndex sumsOfColumns;
    private final SpmmKernel multiplication;
    private final SpmmKernel addition;
    private final SpmmSchedule schedule;
    private final MemorySegment one;
    private final MemorySegment[] sums;
    private final long featureBytes;
    private NmPattern pattern;

    PairedWeights(SemiStructuredMatrix w, SpmmSetup setup) {
        this.w = w;
        pattern = w.pattern();
        values = new PairedValues(setup.arena(), w, setup.threads());
        int groups = pattern.groups();
        pairs = SpmmIndex.ofBlocks(values.offsets(), values.rows(), new int[0], values.offsets(), 1);
        sumsOfColumns = sumsOfColumns(groups);
        int lanes = setup.lanes();
        SpmmShape ofPair =
                new SpmmShape(2, 1, 1, 2, 2, lanes, false, lanes, true, ValueType.F32, Start.ZERO, End.STORE);
        SpmmShape ofColumn =
                new SpmmShape(1, 1, 1, 1, 1, lanes, false, lanes, false, ValueType.F32, setup.start(), setup.end());
        multiplication = LastPanel.kernel(setup, samples -> Providers.active().spmm(ofPair.withSamples(samples)));
        addition = LastPanel.kernel(setup, samples -> Providers.active().spmm(ofColumn.withSamples(samples)));
        schedule = new SpmmSchedule(setup, pattern.rows(), groups, COLS, 1, TASK_VALUES);
        int[] rowsOfGroups = new int[groups + 1];
        Arrays.setAll(rowsOfGroups, group -> group * pattern.rows());
        schedule.cut(rowsOfGroups);
        featureBytes = (long) lanes * Float.BYTES;
        one = setup.arena().allocate(Float.BYTES);
        one.set(ValueLayout.JAVA_FLOAT, 0, 1);
        sums = new MemorySegment[setup.threads()];
        long most = Math.min(groups, SpmmSchedule.TASK_OUTPUTS / COLS);
        Arrays.setAll(sums, worker -> setup.arena().allocate(most * SUMS_OF_GROUP * featureBytes));
    }

    /** Whether this is made for such weights and samples. */
    static boolean fit(NmPattern pattern, int batch) {
        return pattern.n() == 2 && pattern.m() == COLS && PanelMatrix.lanesFor(batch) == 64;
    }

    private static SpmmIndex sumsOfColumns(int groups) {
        int[] offsets = new int[groups * COLS + 1];
        int[] inputs = new int[groups * COLS * SUMS[0].length];
        int next = 0;
        for (int group = 0; group < groups; group++) {
            for (int col = 0; col < COLS; col++) {
                for (int sum : SUMS[col]) {
                    inputs[next++] = group * SUMS_OF_GROUP + sum;
                }
                offsets[group * COLS + col + 1] = next;
            }
        }
        return SpmmIndex.ofBlocks(offsets, inputs, new int[inputs.length], offsets, 1); // all of them times one
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
        return w.pattern() == pattern;
    }

    @Override
    public boolean replan() {
        pattern = w.pattern();
        values.replan(pattern);
        return true;
    }

    @Override
    public long heldBytes() {
        return values.heldBytes();
    }

    @Override
    public SpmmSchedule schedule() {
        return schedule;
    }

    @Override
    public SpmmIndex index() {
        return pairs;
    }

    @Override
    public int outputsOfGroup() {
        return COLS;
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
        MemorySegment input = at.input;
        long inputOffset = at.inputOffset;
        MemorySegment output = at.output;
        long outputOffset = at.outputOffset;
        MemorySegment sumsOfWorker = sums[at.worker];
        long sumsOffset = -(long) firstGroup * SUMS_OF_GROUP * featureBytes;
        at.output = sumsOfWorker;
        at.outputOffset = sumsOffset;
        long outputStride = at.outputStride;
        at.outputStride = featureBytes;
        multiplication.run(pairs, firstGroup * PAIRS, endGroup * PAIRS, at);
        at.input = sumsOfWorker;
        at.inputOffset = sumsOffset;
        at.values = one;
        at.output = output;
        at.outputOffset = outputOffset;
        at.outputStride = outputStride;
        addition.run(sumsOfColumns, firstGroup * COLS, endGroup * COLS, at);
        at.input = input;
        at.inputOffset = inputOffset;
    }

    @Override
    public @Nullable SpmvKernel spmv() {
        return null;
    }

    @Override
    public String toString() {
        return pattern + ", rows that keep the same two of four together";
    }
}
