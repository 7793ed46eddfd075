package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a convolution as the product backward to the input walks them: for each class of positions (with a stride of s there are s·s, which meet other taps)
 * the columns of blocks of all its taps together, last tap first. Single weights are copied into that order by each run, which positions pay for many times over.
 */
final class ConvColumns implements PreparedValues {
    /**
     * Columns of blocks in the order of the walk.
     *
     * @param firsts for each column the item that its first block becomes
     * @param inputs for each column the input of its first row
     */
    @SuppressWarnings("ArrayRecordComponent") // whoever asks for it owns it
    private record Columns(int[] firsts, int[] inputs) {}

    private final ConvShape shape;
    private final MemorySegment source;

    /** Where single weights are copied to. */
    private final @Nullable MemorySegment copy;

    private final boolean isOwn;
    private final ColumnScatter scatter;
    private BlockPattern pattern;

    /** For each class of positions where its groups begin. */
    private final int[][] offsets;

    // One of the two is empty.
    private char[] narrowInputs = {};
    private int[] wideInputs = {};

    private int[] blocks = {};

    /**
     * Makes room for a copy of single weights.
     *
     * @param arena where it comes from
     * @param w the weights
     * @param room where the copy is to lie, or null to take memory for it
     */
    ConvColumns(KernelArena arena, ConvShape shape, StoredValues w, @Nullable MemorySegment room) {
        this.shape = shape;
        source = w.memory();
        pattern = w.pattern();
        boolean copies = pattern.blockRows() * pattern.blockCols() == 1;
        isOwn = copies && room == null;
        copy = isOwn ? arena.allocate(source.byteSize()) : copies ? room : null;
        offsets = new int[shape.stride() * shape.stride()][shape.input().channels() / pattern.blockCols() + 1];
        scatter = new ColumnScatter(pattern, () -> columns().firsts());
    }

    /** Whether values are copied. */
    boolean copies() {
        return copy != null;
    }

    void replan(BlockPattern to) {
        pattern = to;
        int count = pattern.blocks();
        boolean isNarrow = shape.isBackwardWindowNarrow();
        if (Math.max(narrowInputs.length, wideInputs.length) < count) {
            narrowInputs = new char[isNarrow ? count : 0];
            wideInputs = new int[isNarrow ? 0 : count];
            blocks = new int[copies() ? 0 : count];
        }
        Columns columns = columns();
        if (copies()) {
            scatter.replan(pattern, (item, row, col) -> setInput(item, columns.inputs[col] + row));
            return;
        }
        for (int row = 0; row < pattern.gridRows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                int col = pattern.gridCol(block);
                int item = columns.firsts[col]++;
                setInput(item, columns.inputs[col] + row * pattern.blockRows());
                blocks[item] = block;
            }
        }
    }

    private void setInput(int item, int input) {
        if (narrowInputs.length > 0) {
            narrowInputs[item] = (char) input;
        } else {
            wideInputs[item] = input;
        }
    }

    private Columns columns() {
        int[] starts = ColumnOrder.offsets(pattern);
        int[] firsts = new int[pattern.gridCols()];
        int[] inputs = new int[pattern.gridCols()];
        int stride = shape.stride();
        FeatureMap out = shape.output();
        int groups = shape.input().channels() / pattern.blockCols();
        int item = 0;
        for (int i = 0; i < offsets.length; i++) {
            int firstRow = i / stride;
            int firstCol = i % stride;
            int tapRows = shape.tapRows(firstRow);
            int tapCols = shape.tapCols(firstCol);
            offsets[i][0] = item;
            for (int group = 0; group < groups; group++) {
                for (int u = tapRows - 1; u >= 0; u--) {
                    for (int v = tapCols - 1; v >= 0; v--) {
                        int tap = (firstRow + u * stride) * shape.kernelWidth() + firstCol + v * stride;
                        int column = tap * groups + group;
                        firsts[column] = item;
                        inputs[column] = (tapRows - 1 - u) * out.rowFeatures() + (tapCols - 1 - v) * out.channels();
                        item += starts[column + 1] - starts[column];
                    }
                }
                offsets[i][group + 1] = item;
            }
        }
        return new Columns(firsts, inputs);
    }

    /** What is walked at the positions of a class. */
    SpmmIndex index(int ofClass) {
        return SpmmIndex.ofInputs(offsets[ofClass], wideInputs, narrowInputs, blocks);
    }

    /** What is walked: the copy, or the values where they lie. */
    @Override
    public MemorySegment memory() {
        return copy == null ? source : copy;
    }

    @Override
    public int tasks() {
        return copy == null ? 0 : scatter.tasks();
    }

    @Override
    public void copy(int task, int worker) {
        scatter.copy(task, source, memory());
    }

    @Override
    public long heldBytes() {
        int ints = wideInputs.length + blocks.length + offsets.length * offsets[0].length;
        return (isOwn ? source.byteSize() : 0)
                + (long) Integer.BYTES * ints
                + (long) Character.BYTES * narrowInputs.length
                + scatter.heldBytes();
    }
}
