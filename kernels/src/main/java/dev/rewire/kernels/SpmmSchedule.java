package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;

/** The work of an SpMM, cut into tasks: a range of output groups for one panel each. */
final class SpmmSchedule {
    /** Outputs of one task at most, so that its tile of a row-major output stays in cache between product and write-back. */
    static final int TASK_OUTPUTS = 256;

    /** Floats of W that one task walks for each panel: they stay in the second-level cache from panel to panel. */
    private static final int TASK_VALUES = 32 * 1024;

    /** Bytes of input panels that all tasks walk before the next: they are read once from memory, and then from the last-level cache. */
    private static final long BYTES_AT_ONCE = 4 << 20;

    /** Tasks for each worker, so that the last ones end together. */
    private static final int TASKS_PER_WORKER = 4;

    /** What an output costs by itself, in steps of a block. */
    private static final int STEPS_OF_OUTPUT = 4;

    /**
     * Inputs of 1×1 blocks that all outputs of a task walk before the next. With 64 samples each they take 64 KiB, of which the first-level cache keeps a part
     * from output to output; fewer would cost more in sums that are stored and loaded again.
     */
    private static final int CHUNK_INPUTS = 256;

    /** Items of an output, on average, that a chunk has at least. */
    private static final int CHUNK_ITEMS = 25;

    private final boolean transposed;
    private final int lanes;
    private final int panels;
    private final int panelsAtOnce;
    private final int threads;

    private BlockPattern pattern;
    private SpmmIndex index;
    private int[] inputsOfItems = new int[0];
    private int[] itemCuts = new int[0];
    private final int[] cuts;
    private int tasksOfPanel;

    /**
     * Cuts the product with a pattern.
     *
     * @param transposed whether W is walked by columns
     * @param lanes samples of a panel
     * @param panels panels of the batch
     * @param threads workers
     */
    SpmmSchedule(BlockPattern pattern, boolean transposed, int lanes, int panels, int threads) {
        this.pattern = pattern;
        this.transposed = transposed;
        this.lanes = lanes;
        this.panels = panels;
        this.threads = threads;
        panelsAtOnce = panelsAtOnce((long) (transposed ? pattern.rows() : pattern.cols()) * lanes * Float.BYTES);
        cuts = new int[(transposed ? pattern.gridCols() : pattern.gridRows()) + 1];
        index = new SpmmIndex(cuts, inputsOfItems, inputsOfItems, cuts, 1);
        replan(pattern);
    }

    /** Turns of about equal numbers of panels. */
    private int panelsAtOnce(long panelBytes) {
        long most = Math.max(1, BYTES_AT_ONCE / Math.max(1, panelBytes));
        long turns = Math.max(1, (panels + most - 1) / most);
        return (int) Math.max(1, (panels + turns - 1) / turns);
    }

    /** Does it again for another pattern of the same shape, in the memory it has. */
    void replan(BlockPattern next) {
        pattern = next;
        int[] starts = transposed ? pattern.rowIndices() : pattern.colIndices();
        int step = transposed ? pattern.blockRows() : pattern.blockCols();
        if (inputsOfItems.length < starts.length) {
            inputsOfItems = new int[starts.length];
        }
        for (int item = 0; item < starts.length; item++) {
            inputsOfItems[item] = starts[item] * step;
        }
        int[] offsets = transposed ? pattern.colOffsets() : pattern.rowOffsets();
        int chunks = chunks(offsets.length - 1);
        index = new SpmmIndex(
                offsets,
                inputsOfItems,
                pattern.transposedOrder(),
                chunks == 1 ? offsets : cutItems(offsets, chunks),
                chunks);
        cut();
    }

    /** With narrower panels there is nothing to gain. */
    private int chunks(int groups) {
        if (pattern.blockRows() * pattern.blockCols() > 1 || lanes < 64 || groups == 0) {
            return 1;
        }
        int inputs = transposed ? pattern.rows() : pattern.cols();
        int most = pattern.blocks() / groups / CHUNK_ITEMS;
        return Math.max(1, Math.min((inputs + CHUNK_INPUTS - 1) / CHUNK_INPUTS, most));
    }

    /** Cuts the items of each group where inputs pass a multiple of a share of them all. */
    private int[] cutItems(int[] offsets, int chunks) {
        int groups = offsets.length - 1;
        int inputs = transposed ? pattern.rows() : pattern.cols();
        int share = (inputs + chunks - 1) / chunks;
        if (itemCuts.length < (chunks + 1) * groups) {
            itemCuts = new int[(chunks + 1) * groups];
        }
        for (int group = 0; group < groups; group++) {
            int item = offsets[group];
            for (int chunk = 0; chunk < chunks; chunk++) {
                itemCuts[chunk * groups + group] = item;
                while (item < offsets[group + 1] && inputsOfItems[item] < (chunk + 1L) * share) {
                    item++;
                }
            }
            itemCuts[chunks * groups + group] = offsets[group + 1];
        }
        return itemCuts;
    }

    /** Cuts the groups where about equal work is done; work is what is stored, plus what each output costs by itself. */
    private void cut() {
        int[] offsets = index.offsets();
        int groups = offsets.length - 1;
        int outputsOfGroup = outputsOfGroup();
        int steps = transposed ? pattern.blockRows() : pattern.blockCols();
        long total = (long) groups * STEPS_OF_OUTPUT + (long) pattern.blocks() * steps;
        int wanted = Math.max(1, (TASKS_PER_WORKER * threads + panels - 1) / Math.max(1, panels));
        long share = Math.min(Math.max(1, TASK_VALUES / outputsOfGroup), (total + wanted - 1) / wanted);
        int most = Math.max(1, TASK_OUTPUTS / outputsOfGroup);
        tasksOfPanel = 0;
        long work = 0;
        for (int group = 0; group < groups; group++) {
            work += STEPS_OF_OUTPUT + (long) (offsets[group + 1] - offsets[group]) * steps;
            if (work >= share || group + 1 - cuts[tasksOfPanel] >= most || group + 1 == groups) {
                cuts[++tasksOfPanel] = group + 1;
                work = 0;
            }
        }
    }

    SpmmIndex index() {
        return index;
    }

    int outputsOfGroup() {
        return transposed ? pattern.blockCols() : pattern.blockRows();
    }

    int tasksOfPanel() {
        return tasksOfPanel;
    }

    int tasks() {
        return tasksOfPanel * panels;
    }

    // Some panels for all tasks, then the next; among these, task after task, whose values stay in cache from panel to
    // panel.

    /** The panel of a task of all. */
    int panel(int task) {
        int first = firstPanel(task);
        return first + task % (tasksOfPanel * panelsAtOnce) % panelsOfTurn(first);
    }

    /** Which of the tasks of its panel a task of all is. */
    int taskOfPanel(int task) {
        return task % (tasksOfPanel * panelsAtOnce) / panelsOfTurn(firstPanel(task));
    }

    private int firstPanel(int task) {
        return task / (tasksOfPanel * panelsAtOnce) * panelsAtOnce;
    }

    private int panelsOfTurn(int firstPanel) {
        return Math.min(panelsAtOnce, panels - firstPanel);
    }

    int firstGroup(int taskOfPanel) {
        return cuts[taskOfPanel];
    }

    int endGroup(int taskOfPanel) {
        return cuts[taskOfPanel + 1];
    }
}
