package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a convolution as the product backward to the input walks them: for each class of positions (with a stride of s there are s·s, which meet other taps)
 * the columns of blocks of all its taps together, last tap first. Single weights are copied into that order by each run, which positions pay for many times over.
 *
 * <p>The copy takes W row by row, and of each column there is kept where its next weight goes: after a run, behind the last one. So the next run goes from the last
 * weight to the first, and no second copy of these places is needed.
 */
final class ConvColumns {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final ConvShape shape;
    private final MemorySegment source;

    /** The copy, or null where blocks are read where they lie. */
    private final @Nullable MemorySegment memory;

    private final boolean isOwn;
    private BlockPattern pattern;

    /** For each class of positions where its groups begin. */
    private final int[][] offsets;

    // Of each two one is empty: 16 bits are enough for images, and for as many weights, of nearly every layer.
    private char[] narrowInputs = {};
    private int[] wideInputs = {};
    private char[] narrowNext = {};
    private int[] wideNext = {};

    private int[] blocks = {};

    /** Whether the next weight of each column is behind its last one. */
    private boolean isAtEnd;

    /** Whether a run was interrupted, after which nobody knows where columns stand. */
    private boolean isTorn;

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
        memory = isOwn ? arena.allocate(source.byteSize()) : copies ? room : null;
        offsets = new int[shape.stride() * shape.stride()][shape.input().channels() / pattern.blockCols() + 1];
        replan(pattern);
    }

    /** Whether values are copied. */
    boolean copies() {
        return memory != null;
    }

    void replan(BlockPattern to) {
        pattern = to;
        int[] next = new int[pattern.gridCols()];
        int[] from = new int[pattern.gridCols()];
        orderColumns(ColumnOrder.offsets(pattern), next, from);
        int count = pattern.blocks();
        boolean isNarrow = shape.isBackwardWindowNarrow();
        if (Math.max(narrowInputs.length, wideInputs.length) < count) {
            narrowInputs = new char[isNarrow ? count : 0];
            wideInputs = new int[isNarrow ? 0 : count];
            blocks = new int[copies() ? 0 : count];
        }
        for (int row = 0; row < pattern.gridRows(); row++) {
            for (int block = pattern.rowOffset(row); block < pattern.rowOffset(row + 1); block++) {
                int col = pattern.gridCol(block);
                int item = next[col]++;
                int input = from[col] + row * pattern.blockRows();
                if (isNarrow) {
                    narrowInputs[item] = (char) input;
                } else {
                    wideInputs[item] = input;
                }
                if (!copies()) {
                    blocks[item] = block;
                }
            }
        }
        if (copies()) {
            keep(next);
        }
    }

    /** Finds where each column of blocks goes, and which input its first row has. */
    private void orderColumns(int[] columns, int[] next, int[] from) {
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
                        next[column] = item;
                        from[column] = (tapRows - 1 - u) * out.rowFeatures() + (tapCols - 1 - v) * out.channels();
                        item += columns[column + 1] - columns[column];
                    }
                }
                offsets[i][group + 1] = item;
            }
        }
    }

    private void keep(int[] ends) {
        boolean isNarrow = pattern.blocks() <= Character.MAX_VALUE;
        wideNext = isNarrow ? new int[0] : ends;
        narrowNext = new char[isNarrow ? ends.length : 0];
        for (int col = 0; col < narrowNext.length; col++) {
            narrowNext[col] = (char) ends[col];
        }
        isAtEnd = true;
        isTorn = false;
    }

    /** What is walked at the positions of a class. */
    SpmmIndex index(int ofClass) {
        return SpmmIndex.ofInputs(offsets[ofClass], wideInputs, narrowInputs, blocks);
    }

    /** What is walked: the copy, or the values. */
    MemorySegment values() {
        return memory == null ? source : memory;
    }

    /** Copies the values that the weights have now, if they are copied. */
    void copy() {
        if (memory == null) {
            return;
        }
        if (isTorn) {
            replan(pattern);
        }
        isTorn = true; // until all is done
        if (narrowNext.length > 0) {
            copy(pattern, narrowNext, isAtEnd, source, memory);
        } else {
            copy(pattern, wideNext, isAtEnd, source, memory);
        }
        isAtEnd = !isAtEnd;
        isTorn = false;
    }

    private static void copy(BlockPattern of, char[] next, boolean isAtEnd, MemorySegment from, MemorySegment to) {
        if (isAtEnd) {
            for (int block = of.blocks() - 1; block >= 0; block--) {
                move(block, --next[of.gridCol(block)], from, to);
            }
        } else {
            for (int block = 0; block < of.blocks(); block++) {
                move(block, next[of.gridCol(block)]++, from, to);
            }
        }
    }

    private static void copy(BlockPattern of, int[] next, boolean isAtEnd, MemorySegment from, MemorySegment to) {
        if (isAtEnd) {
            for (int block = of.blocks() - 1; block >= 0; block--) {
                move(block, --next[of.gridCol(block)], from, to);
            }
        } else {
            for (int block = 0; block < of.blocks(); block++) {
                move(block, next[of.gridCol(block)]++, from, to);
            }
        }
    }

    private static void move(int block, int item, MemorySegment from, MemorySegment to) {
        to.set(FLOAT, (long) item * Float.BYTES, from.get(FLOAT, (long) block * Float.BYTES));
    }

    long heldBytes() {
        int ints = wideInputs.length + wideNext.length + blocks.length + offsets.length * offsets[0].length;
        int chars = narrowInputs.length + narrowNext.length;
        return (isOwn ? source.byteSize() : 0) + (long) Integer.BYTES * ints + (long) Character.BYTES * chars;
    }
}
